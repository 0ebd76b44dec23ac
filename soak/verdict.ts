/** Whether a figure has stayed where it was, among samples in the order of time. */

/** Fewer say nothing. */
export const FEWEST_SAMPLES = 15
/** Of the samples, at the beginning. */
const WARM_UP = 1 / 5
/** What the last part may be above the first one. */
const TOLERANCE = 0.05

export interface Verdict {
  /** The median of the first part behind the warm-up, and of the last part. */
  readonly before: number
  readonly after: number
  readonly isFlat: boolean
}

/** Undefined: too few samples. */
export function verdictOn(samples: readonly number[]): Verdict | undefined {
  if (samples.length < FEWEST_SAMPLES) return undefined
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP))
  const part = Math.floor(warm.length / 3)
  const before = median(warm.slice(0, part))
  const after = median(warm.slice(-part))
  return { before, after, isFlat: after <= before * (1 + TOLERANCE) }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2
}
