/** What the running test has made: who checks it, and reports its seeds, looks here. */
import type { FaultPreset, FaultRates } from '../content/faults.ts'
import { SEED_VARIABLE } from '../ground/seeds.ts'

/** A database that meets faults. */
export interface Seeded {
  readonly seed: number
  readonly faults: FaultPreset | FaultRates
}

let seeded: Seeded[] | undefined

/** From now on what is drawn is kept for a report; what was kept before is forgotten. */
export function beginRecord(): void {
  seeded = []
}

/** Whoever reports it later, or it is printed now: no test fails by chance without a word. */
export function record(drawn: Seeded): void {
  if (seeded === undefined) console.error(describeSeed(drawn))
  else seeded.push(drawn)
}

/** What was drawn since the record began. */
export function recorded(): readonly Seeded[] {
  return seeded ?? []
}

export function describeSeed({ seed, faults }: Seeded): string {
  const what = typeof faults === 'string' ? faults : JSON.stringify(faults)
  return `fdbkit: faults ${what} of seed ${seed}; ${SEED_VARIABLE}=${seed} repeats them`
}
