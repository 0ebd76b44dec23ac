// What came of a mutant, in the words of docs/mutants.md.

/** Stryker has no score for an error outside a test; vitest fails by it, so it is a mutant that was seen. */
const OUTCOMES = {
  Killed: 'killed',
  RuntimeError: 'killed',
  Timeout: 'timed out',
  Survived: 'survived',
  NoCoverage: 'survived',
}

export function outcomeOf(status) {
  const outcome = OUTCOMES[status]
  if (outcome === undefined) throw new Error(`Stryker tells of a mutant that is ${status}`)
  return outcome
}

/** Of those that were tried, how many in a hundred were seen. */
export function scoreOf(results) {
  const seen = results.filter(({ outcome }) => outcome !== 'survived').length
  return results.length === 0 ? undefined : (100 * seen) / results.length
}

/** What a range of a text holds: lines and columns as Stryker's reporters have them. */
export function textAt(text, { start, end }) {
  const lines = text.split('\n').slice(start.line - 1, end.line)
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1)
  lines[0] = lines[0].slice(start.column - 1)
  return lines.join('\n')
}
