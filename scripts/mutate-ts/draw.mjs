// Which mutants of a run are tried, and in what order.
import { shuffled } from '../mutate/mutants.mjs'

/** What is the same mutant in two runs, as long as its lines are where they were. */
export const keyOf = ({ file, location: { start, end }, operator, is }) =>
  JSON.stringify([file, start.line, start.column, end.line, end.column, operator, is])

/** `count` of them in an order that the seed says, or those of `keys`. */
export function chosen(mutants, { seed, count, keys }) {
  if (keys !== undefined) {
    const wanted = new Set(keys)
    return mutants.filter((mutant) => wanted.has(keyOf(mutant)))
  }
  return shuffled(mutants, seed).slice(0, count)
}
