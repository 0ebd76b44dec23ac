/** A half-open range of keys. Keys are latin1 text, so that text sorts as the bytes do. */
export interface KeyRange {
  readonly begin: string
  readonly end: string
}

export const keyAfter = (key: string): string => `${key}\0`

export const overlap = (a: KeyRange, b: KeyRange): boolean => a.begin < b.end && b.begin < a.end

/** Some keys, as ranges. */
export class RangeSet {
  #ranges: KeyRange[] = []

  get ranges(): readonly KeyRange[] {
    return this.#ranges
  }

  add(range: KeyRange): void {
    if (range.begin < range.end) this.#ranges.push(range)
  }

  remove(range: KeyRange): void {
    this.#ranges = this.#ranges.flatMap((each) => without(each, range))
  }

  /** The parts of a range that are not in this set. */
  missingFrom(range: KeyRange): KeyRange[] {
    let parts = range.begin < range.end ? [range] : []
    for (const each of this.#ranges) parts = parts.flatMap((part) => without(part, each))
    return parts
  }

  has(key: string): boolean {
    return this.#ranges.some(({ begin, end }) => begin <= key && key < end)
  }

  overlaps(ranges: readonly KeyRange[]): boolean {
    return this.#ranges.some((each) => ranges.some((range) => overlap(each, range)))
  }
}

function without(from: KeyRange, taken: KeyRange): KeyRange[] {
  if (!overlap(from, taken)) return [from]
  const parts = [
    { begin: from.begin, end: taken.begin },
    { begin: taken.end, end: from.end },
  ]
  return parts.filter(({ begin, end }) => begin < end)
}
