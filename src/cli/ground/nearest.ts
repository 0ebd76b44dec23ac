/** The changes of one character, and swaps of two neighbours, between two words. */
export function distance(a: string, b: string): number {
  let older: number[] = []
  let old = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = old[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? older[j - 2]! + 1 : Infinity
      row.push(Math.min(change, swap, old[j]! + 1, row[j - 1]! + 1))
    }
    older = old
    old = row
  }
  return old[b.length]!
}

/** Longer words than this are nobody's slip of a finger. */
const MAX_WORD = 64

/** The name that was probably meant; undefined when none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (word.length > MAX_WORD) return undefined
  const lower = word.toLowerCase()
  const ranked = names
    .map((name) => ({ name, far: name.startsWith(lower) ? 1 : distance(lower, name) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.far - b.far)
  return lower === '' ? undefined : ranked[0]?.name
}
