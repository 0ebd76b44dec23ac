// Handles: what a program holds of the C API, a class for each of its types. A handle writes its calls as commands.

/** Calls that are carried out at once, because they have an answer: an error code. */
import { FDBError, type ErrorContext } from '../../native/errors/errors.ts'
import {
  encodeOption,
  type OptionTable,
  type OptionValue,
} from '../../native/values/option-values.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import type { Port } from '../port/port.ts'
import { checkBytes } from '../port/checks.ts'

/** The length of what is left out. */
export const NO_BYTES = -1

/** Carries out what is written; throws the error of its last command. */
export function checkAnswer(port: Port, context: ErrorContext, detail?: string): void {
  const error = port.flush()
  if (error !== 0) throw new FDBError(error, detail, context)
}

/** As `checkAnswer`, for the command that makes an object: its number goes back when there is none. */
export function checkMade(port: Port, object: number, operation: string, what: () => string): void {
  const error = port.flush()
  if (error === 0) return
  port.freeObject(object)
  throw new FDBError(error, what(), { operation })
}

/** The options of one kind of handle. */
export interface Options {
  /** For messages: "database option". */
  readonly scope: string
  readonly table: OptionTable
  /** The command that sets one. */
  readonly code: number
}

/** By code or name of the option table. Throws TypeError or FDBError, which name the option. */
export function setOption(
  port: Port,
  object: number,
  { scope, table, code }: Options,
  option: number | string,
  value: OptionValue,
): void {
  const encoded = encodeOption(scope, table, option, value)
  const name = `${scope} ${encoded.name}`
  const bytes = encoded.value
  const length = bytes === undefined ? NO_BYTES : checkBytes(name, bytes)
  const at = port.command(code, object, 4, wordsOf(Math.max(0, length)))
  const { writer } = port
  writer.word(at + 2, encoded.code)
  writer.word(at + 3, length)
  if (bytes !== undefined) writer.bytes(at + 4, bytes, length)
  checkAnswer(port, { operation: 'setOption' }, name)
}
