// What Stryker asks of us: which mutants are tried, and in what order, and where each goes when it was. It draws none by
// itself, but passes over those that a checker says do not compile.
import { appendFileSync, readFileSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { chosen } from './draw.mjs'

const NOT_DRAWN = 'not drawn'
const root = process.env.FDBKIT_MUTATE_ROOT
const named = ({ fileName, location, mutatorName, replacement }) => ({
  file: isAbsolute(fileName) ? relative(root, fileName) : fileName,
  line: location.start.line,
  location,
  operator: mutatorName,
  is: replacement,
})

/** Checkers are told of places that are counted from 0, reporters of those counted from 1. */
const fromOne = ({ line, column }) => ({ line: line + 1, column: column + 1 })
const asReported = ({ location: { start, end }, ...mutant }) => ({
  ...mutant,
  location: { start: fromOne(start), end: fromOne(end) },
})

/** Its groups are in the order of the draw, one mutant each; what was not drawn is the last group. */
const draw = {
  ids: new Set(),
  async init() {},
  async group(mutants) {
    const wish = JSON.parse(readFileSync(process.env.FDBKIT_MUTATE_DRAW, 'utf8'))
    const all = mutants.map((mutant) => ({ id: mutant.id, ...named(asReported(mutant)) }))
    const ids = chosen(all, wish).map(({ id }) => id)
    this.ids = new Set(ids)
    const rest = all.map(({ id }) => id).filter((id) => !this.ids.has(id))
    return [...ids.map((id) => [id]), ...(rest.length > 0 ? [rest] : [])]
  },
  async check(mutants) {
    const answer = (id) =>
      this.ids.has(id) ? { status: 'passed' } : { status: 'compileError', reason: NOT_DRAWN }
    return Object.fromEntries(mutants.map(({ id }) => [id, answer(id)]))
  },
}

const lines = {
  onMutantTested({ status, statusReason, ...mutant }) {
    if (statusReason === NOT_DRAWN || status === 'Ignored') return
    const line = JSON.stringify({ ...named(mutant), status })
    appendFileSync(process.env.FDBKIT_MUTATE_RESULTS, `${line}\n`)
  },
}

export const strykerPlugins = [
  { kind: 'Checker', name: 'draw', value: draw },
  { kind: 'Reporter', name: 'lines', value: lines },
]
