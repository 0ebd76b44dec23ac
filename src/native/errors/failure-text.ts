/** Why something failed, in one short line, for events and traces. */
import { inspect } from 'node:util'
import { errorName, FDBError } from './errors.ts'

/** Characters of a message that is not ours. */
const LONGEST = 200

/** `not_committed (1020)`. */
export function codeText(code: number): string {
  return `${errorName(code)} (${code})`
}

/** Name and code of an FDBError, whose message may name a key; name and message of another error. */
export function failureText(error: unknown): string {
  if (error instanceof FDBError) return codeText(error.code)
  const text = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error)
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
