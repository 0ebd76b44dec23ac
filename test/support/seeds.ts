/** The seeds a property is tried with: a few dozen, or 1,000 in the long mode (FDBKIT_LONG=1). */
const isLong = (process.env['FDBKIT_LONG'] ?? '') !== ''

export const SEED_COUNT = isLong ? 1000 : 30

/** Runs the property for every seed; the first failure names its seed. */
export function forSeeds(property: (seed: number) => void): void {
  for (let seed = 1; seed <= SEED_COUNT; seed++) named(seed, () => property(seed))
}

export async function forSeedsAsync(property: (seed: number) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= SEED_COUNT; seed++) {
    try {
      await property(seed)
    } catch (error) {
      throw nameSeed(seed, error)
    }
  }
}

function named(seed: number, run: () => void): void {
  try {
    run()
  } catch (error) {
    throw nameSeed(seed, error)
  }
}

function nameSeed(seed: number, error: unknown): unknown {
  if (error instanceof Error) error.message = `seed ${seed}: ${error.message}`
  return error
}
