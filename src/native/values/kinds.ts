/**
 * What an object is, told without its class: there may be several copies of this package in a process, each with classes
 * of its own, and whoever prints an object should read what it is.
 */
import { dirname } from 'node:path'
import { inspect } from 'node:util'
import { ownCode, ownPath } from './own-path.ts'
import { VERSION } from './version.ts'

/** One of the copies of this package in the process. */
interface Copy {
  readonly version: string
  /** The folder of its package.json, or the file of the bundle that it is in. */
  readonly place: string
}

const THIS_COPY: Copy = { version: VERSION, place: placeOf(ownCode()) }

/** A class, also one that only the package makes objects of. */
interface Kind<T> {
  readonly prototype: T
}

const markOf = (name: string): symbol => Symbol.for(`fdbkit.${name}`)

/**
 * Makes `instanceof` true for the objects of a class in each copy of the package that has the same version. Errors are
 * known across versions, too: what one reads of them is the same in all.
 */
export function brand(kind: Kind<object>, name: string): void {
  const mark = markOf(name)
  const anyVersion = kind.prototype instanceof Error
  Object.defineProperty(kind.prototype, mark, { value: THIS_COPY })
  Object.defineProperty(kind, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // A subclass inherits this, and is no more than itself.
      if (this !== kind) return Function.prototype[Symbol.hasInstance].call(this, value)
      const copy = copyOf(value, mark)
      return copy !== undefined && (anyVersion || copy.version === VERSION)
    },
  })
}

/**
 * As {@link brand}; and loggers, `console.log` and `JSON.stringify` show the name and what `details` says, in place of
 * the insides, which are nothing to send or to read.
 */
export function kind<T extends object>(
  of: Kind<T>,
  name: string,
  details: (self: T) => string = () => '',
): void {
  brand(of, name)
  function text(this: T): string {
    return `${name} ${details(this).trim()}`.trimEnd()
  }
  for (const key of ['toJSON', inspect.custom]) {
    Object.defineProperty(of.prototype, key, { value: text, configurable: true, writable: true })
  }
}

/** It is of that kind, by whichever copy of the same version. */
export function isOfKind(name: string, value: unknown): boolean {
  return copyOf(value, markOf(name))?.version === VERSION
}

/** It is of that kind, but of a copy of another version: says which two there are. Undefined for all else. */
export function otherCopy(name: string, value: unknown): string | undefined {
  const copy = copyOf(value, markOf(name))
  if (copy === undefined || copy.version === VERSION) return undefined
  return `a ${name} of ${nameOf(copy)}, which ${nameOf(THIS_COPY)} cannot use: have one version of it installed`
}

function nameOf({ version, place }: Copy): string {
  return `fdbkit ${version} in ${place}`
}

function copyOf(value: unknown, mark: symbol): Copy | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<symbol, Copy | undefined>)[mark]
}

function placeOf(code: string | undefined): string {
  return code === undefined ? ownPath() : dirname(code)
}
