import type { Transformer } from './transformer.ts'
import { checkBuffer } from '../../native/values/arguments.ts'
import { describe } from '../../native/values/describe.ts'

/** What a schema of the Standard Schema interface found. */
type Checked<Out> =
  { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/**
 * A schema of any library that has the Standard Schema interface: zod, valibot, arktype and others.
 *
 * @example
 * const port: StandardSchema<unknown, number> = {
 *   '~standard': {
 *     validate: (value) =>
 *       typeof value === 'number' ? { value } : { issues: [{ message: 'a port is a number' }] },
 *   },
 * }
 * const ports = db.withValueEncoding(encoders.json(port))
 */
export interface StandardSchema<In, Out> {
  /** The interface itself. */
  readonly '~standard': {
    /** Says what is wrong with a value, or what is made of it. It must answer at once. */
    readonly validate: (value: unknown) => Checked<Out> | Promise<Checked<Out>>
    /** For the compiler alone. */
    readonly types?: { readonly input: In; readonly output: Out } | undefined
  }
}

/**
 * A schema that throws for what it refuses.
 *
 * @example
 * const port: ParsingSchema<number> = { parse: (value) => Number(value) }
 */
export interface ParsingSchema<Out> {
  /** What is made of a value. */
  readonly parse: (value: unknown) => Out
}

/**
 * The encoding of JSON: as it is, for values of any type, which come as `unknown`; called, for values of one type.
 *
 * `encoders.json<User>()` takes the type's word for what is stored. With a schema each value that is read is checked, and
 * what it refuses is a {@link DecodeError}. Values are written as they are; a schema that makes another type of them (a
 * `Date` of a text) has to read what JSON makes of it.
 *
 * @example
 * interface User {
 *   name: string
 * }
 * const users = db.withValueEncoding(encoders.json<User>())
 * await users.set('ada', { name: 'Ada' })
 * console.log((await users.get('ada'))?.name) // Ada
 */
export interface JsonEncoder extends Transformer<unknown, unknown> {
  <T>(): Transformer<T, T>
  <In, Out>(schema: StandardSchema<In, Out>): Transformer<In, Out>
  <T>(schema: ParsingSchema<T>): Transformer<T, T>
}

function pack(value: unknown): string {
  const text = textOf(value)
  if (text === undefined) throw new TypeError(`JSON has no form for ${describe(value)}`)
  return text
}

function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // Circles, bigints, and nesting that is too deep; what a `toJSON` throws is the program's own.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    throw new TypeError(`${describe(value)} has no JSON: ${error.message}`, { cause: error })
  }
}

function unpack(bytes: Buffer): unknown {
  checkBuffer('bytes', bytes)
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw Object.assign(error as SyntaxError, { offset: Buffer.byteLength(validStart(text)) })
  }
}

/**
 * What of a text that is no JSON may be the start of one. The messages of the engine say that in some cases only, so it is
 * looked for: what begins a text that can go on has another error than what can't.
 */
function validStart(text: string): string {
  const said = /at position (\d+)/.exec(messageOf(text))
  if (said !== null) return text.slice(0, Number(said[1]))
  let [good, bad] = [0, text.length + 1]
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    if (canGoOn(text.slice(0, middle))) good = middle
    else bad = middle
  }
  return text.slice(0, good)
}

function canGoOn(start: string): boolean {
  const message = messageOf(start)
  if (message === '' || /end of (JSON input|data)|Unterminated/i.test(message)) return true
  // An error that lies at the very end is that of a text that goes on.
  const said = /at position (\d+)/.exec(message)
  return said !== null && Number(said[1]) >= start.length
}

/** Empty for JSON. */
function messageOf(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    return (error as SyntaxError).message
  }
}

function validated<Out>(schema: StandardSchema<unknown, Out>, value: unknown): Out {
  const checked = schema['~standard'].validate(value)
  if (checked instanceof Promise) {
    checked.catch(() => undefined)
    throw new TypeError('the schema answers later, by a promise: values are read at once')
  }
  if (checked.issues === undefined) return checked.value
  throw new TypeError(checked.issues.map(issueText).join('; '))
}

function issueText({ message, path = [] }: SchemaIssue): string {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return names.length === 0 ? message : `${names.join('.')}: ${message}`
}

function readerOf(schema: unknown): (value: unknown) => unknown {
  const given = schema as Partial<StandardSchema<unknown, unknown> & ParsingSchema<unknown>> | null
  if (typeof given?.['~standard']?.validate === 'function') {
    return (value) => validated(given as StandardSchema<unknown, unknown>, value)
  }
  if (typeof given?.parse === 'function') {
    return (value) => (given as ParsingSchema<unknown>).parse(value)
  }
  throw new TypeError(
    `a schema has a function parse, or the Standard Schema interface; this is ${describe(schema)}`,
  )
}

function typed(...schemas: unknown[]): Transformer<unknown, unknown> {
  if (schemas.length === 0) return { name: 'json', pack, unpack }
  const read = readerOf(schemas[0])
  return { name: 'json', pack, unpack: (bytes) => read(unpack(bytes)) }
}

export const json: JsonEncoder = Object.defineProperty(
  Object.assign(typed, { pack, unpack }),
  'name',
  { value: 'json' },
)
