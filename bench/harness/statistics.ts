/** The middle of some numbers, and between what they lie. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const { length } = sorted
  if (length === 0) throw new RangeError('there is no middle of nothing')
  const [low, high] = [sorted[Math.floor((length - 1) / 2)]!, sorted[Math.ceil((length - 1) / 2)]!]
  return { median: (low + high) / 2, least: sorted[0]!, most: sorted[length - 1]! }
}
