/**
 * Whether a test has failed, seen from a hook behind it: what its runner tells the hook, or leaves where one can look.
 * Vitest gives the test's task, `node:test` its context, and jest nothing: there it is looked up in the state of jest-circus.
 */

/** Undefined: the runner does not say. */
export function hasFailed(given: readonly unknown[]): boolean | undefined {
  const [context] = given
  return ofVitest(context) ?? ofNodeTest(context) ?? ofJest()
}

function ofVitest(context: unknown): boolean | undefined {
  const result = at(at(context, 'task'), 'result')
  return result === undefined ? undefined : at(result, 'state') === 'fail'
}

function ofNodeTest(context: unknown): boolean | undefined {
  const passed = at(context, 'passed')
  return typeof passed === 'boolean' ? !passed : undefined
}

function ofJest(): boolean | undefined {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  )
  if (symbol === undefined) return undefined
  const test = at((globalThis as Record<symbol, unknown>)[symbol], 'currentlyRunningTest')
  const errors = at(test, 'errors')
  return Array.isArray(errors) ? errors.length > 0 : undefined
}

function at(value: unknown, name: string): unknown {
  // The context of vitest is a function.
  const has = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return has ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
