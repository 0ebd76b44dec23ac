/** How a key is shown to people: by the encoding of its scope, so that a tuple is read as a tuple. */
import { inspect } from 'node:util'
import { printable } from '../../native/values/printable.ts'
import type { DirectoryPlace, Subspace } from './subspace.ts'
import { startsWith, strInc } from './bytes.ts'
import { defaultTransformer } from './transformer.ts'

type AnySubspace = Subspace<never, unknown, never, unknown>

/** What text may not bring along: control characters, what turns the direction of text, halves of characters. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu

/** `'users/' ('ada', 1)`, or `'users/ada'` where the encoding says no more than the bytes. */
export function showKey(subspace: AnySubspace, key: Uint8Array): string {
  return decoded(subspace, key) ?? plain(subspace, key)
}

function plain(subspace: AnySubspace, key: Uint8Array): string {
  const { directory, prefix } = subspace
  if (directory === undefined || !startsWith(key, prefix)) return printable(key)
  return `${showPath(directory)} ${printable(key.subarray(directory.length))}`
}

/** The directory and what is behind it, or the bytes of the prefix. */
function showPlace({ directory, prefix }: AnySubspace): string {
  const bytes = directory === undefined ? prefix : prefix.subarray(directory.length)
  const path = directory === undefined ? '' : `${showPath(directory)} `
  return bytes.length === 0 ? path : `${path}${printable(bytes)} `
}

function showPath({ path }: DirectoryPlace): string {
  return path.map((name) => `/${escaped(name)}`).join('')
}

/** A range: what all of its keys begin with, where it is that, or `from … to …`. */
export function showRange(subspace: AnySubspace, begin: Uint8Array, end: Uint8Array): string {
  return (
    tupleRange(subspace, begin, end) ??
    prefixRange(subspace, begin, end) ??
    `${showKey(subspace, begin)} to ${showKey(subspace, end)}`
  )
}

/** `packRange` of tuples: from a zero byte behind the prefix to a byte of 255 there. */
function tupleRange(subspace: AnySubspace, begin: Uint8Array, end: Uint8Array): string | undefined {
  const length = begin.length - 1
  if (length < subspace.prefix.length || end.length !== begin.length) return undefined
  if (begin[length] !== 0 || end[length] !== 0xff) return undefined
  const prefix = begin.subarray(0, length)
  if (!startsWith(end, prefix)) return undefined
  const shown = decoded(subspace, prefix)
  return shown === undefined ? undefined : `${shown} …`
}

function prefixRange(
  subspace: AnySubspace,
  begin: Uint8Array,
  end: Uint8Array,
): string | undefined {
  // A single key, up to the key that follows it.
  if (end.length === begin.length + 1 && end.at(-1) === 0 && startsWith(end, begin)) {
    return showKey(subspace, begin)
  }
  const isPrefix = begin.some((byte) => byte !== 0xff) && Buffer.compare(strInc(begin), end) === 0
  return isPrefix ? `${showKey(subspace, begin)} …` : undefined
}

/** Undefined when the encoding says nothing about the key, or the key is none of its own. */
function decoded(subspace: AnySubspace, key: Uint8Array): string | undefined {
  const { prefix, keyXf } = subspace
  if ((keyXf as unknown) === defaultTransformer || !startsWith(key, prefix)) return undefined
  try {
    const shown = showValue(subspace.decodeKey(Buffer.from(key)))
    return `${showPlace(subspace)}${shown}`
  } catch {
    return undefined
  }
}

function showValue(value: unknown): string {
  if (value instanceof Uint8Array) return printable(value)
  if (Array.isArray(value)) return `(${value.map(showValue).join(', ')})`
  if (typeof value === 'string') return `'${escaped(value)}'`
  return escaped(inspect(value, { breakLength: Infinity, depth: 3 }))
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(UNSEEN, (unseen) => {
    const code = unseen.codePointAt(0) as number
    return `\\u{${code.toString(16)}}`
  })
}
