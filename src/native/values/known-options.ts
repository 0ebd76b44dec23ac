/** Refuses options that a call doesn't have: a slip in a name would be an option that does nothing. */
import { describe } from './describe.ts'

/** The names of the options that a call takes. */
export interface KnownOptions {
  /** Whose options they are, for messages: `a range`. */
  readonly whose: string
  readonly names: ReadonlySet<string>
}

/**
 * The options of a call, by name. The compiler sees to it that the names are those of the type, all of them.
 *
 * @example const WATCH = knownOptions<WatchOptions>('a watch', { signal: true, throwAllErrors: true, keepAlive: true })
 */
export function knownOptions<Options extends object>(
  whose: string,
  names: Readonly<Record<keyof Options, true>>,
): KnownOptions {
  return { whose, names: new Set(Object.keys(names)) }
}

/** @throws TypeError for what is no object, or has an option that is not known; it names those that are. */
export function checkOptions(known: KnownOptions, options: object | undefined): void {
  if (options === undefined) return
  checkIsObject(known.whose, options)
  for (const name in options) {
    if (!known.names.has(name)) throw unknownOption(known.whose, name, known.names)
  }
}

/** @throws TypeError for options that are no object. */
export function checkIsObject(whose: string, options: unknown): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return
  throw new TypeError(`the options of ${whose} are an object, not ${describe(options)}`)
}

/** What to throw for an option that `whose` call doesn't have. */
export function unknownOption(whose: string, name: string, names: Iterable<string>): TypeError {
  return new TypeError(`${name} is no option of ${whose}, which takes ${[...names].join(', ')}`)
}
