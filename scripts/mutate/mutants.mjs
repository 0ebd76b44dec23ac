// The mutants of a text, and a draw of some of them from a seed.
import { maskedSource } from './masked-source.mjs'
import { operators } from './operators.mjs'

/** In the order of the text: operator, place, line, and what stands there before and after. */
export function mutantsOf(text) {
  const code = maskedSource(text)
  const all = Object.entries(operators).flatMap(([operator, find]) =>
    find(code).map(({ at, length, after }) => {
      const before = text.slice(at, at + length)
      const change = typeof after === 'function' ? after(before) : after
      return { operator, at, line: lineAt(text, at), before, after: change }
    }),
  )
  return all.sort((a, b) => a.at - b.at || a.operator.localeCompare(b.operator))
}

const lineAt = (text, at) => text.slice(0, at).split('\n').length

export const mutated = (text, { at, before, after }) =>
  text.slice(0, at) + after + text.slice(at + before.length)

/** The whole lines that a mutant changes, in one line. */
export function changedLines(text, mutant) {
  const begin = text.lastIndexOf('\n', mutant.at - 1) + 1
  const end = text.indexOf('\n', mutant.at + mutant.before.length)
  const oneLine = (lines) => lines.trim().replace(/\s+/g, ' ')
  const after = mutated(text, mutant)
  const grown = mutant.after.length - mutant.before.length
  return { was: oneLine(text.slice(begin, end)), is: oneLine(after.slice(begin, end + grown)) }
}

/** splitmix32. */
function random(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
    return ((word ^ (word >>> 15)) >>> 0) % below
  }
}

/** All of them in an order that the seed says: who needs fewer takes the first ones. */
export function shuffled(items, seed) {
  const below = random(seed)
  const order = [...items]
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}
