/**
 * Finds index entries by the items that they begin with, in an order in which numbers sort as numbers. Their keys
 * are tuples, which sort all integers before all floats before all doubles: where the next items of
 * what is looked for may be numbers, each of these ranges is read, and they are merged.
 */
import type { NativeValue } from '../../client/keys/bytes.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import * as code from '../../layers/tuple/type-codes.ts'
import { compareTokenLists, compareTokens, tokensOf } from './index-order.ts'
import type { Token } from './index-order.ts'
import {
  BEHIND_FLOATS,
  BEHIND_INTEGERS,
  formsOf,
  plainFormsOf,
  rangesBefore,
  rangesBehind,
} from '../ground/number-order.ts'
import type { ByteRange } from '../ground/number-order.ts'

/** An entry of the index: its key behind the name of the index. */
export type IndexEntry = readonly Token[]

type Index = Transaction<NativeValue, Buffer, never, unknown>

export interface SearchOptions {
  /** 0 for all. */
  readonly limit: number
  readonly reverse: boolean
}

/** Numbers of several forms multiply what is to be read; beyond this, one range that holds them all is read. */
const MOST_PREFIXES = 32

/** The entries whose tuples begin with the items of `wanted`, packed. */
export async function searchIndex(
  index: Index,
  wanted: Buffer,
  { limit, reverse }: SearchOptions,
): Promise<IndexEntry[]> {
  const tokens = tokensOf(wanted)
  const { prefixes, isExact } = prefixesOf(tokens)
  if (limit > 0 && isExact) {
    return new LimitedSearch(index, reverse).begin(prefixes, tokens.length, limit)
  }
  const found = await Promise.all(prefixes.map((prefix) => read(index, within(prefix))))
  const same = found.flat().filter((entry) => begins(entry, tokens))
  same.sort(reverse ? (a, b) => compareTokenLists(b, a) : compareTokenLists)
  return limit > 0 ? same.slice(0, limit) : same
}

async function read(
  index: Index,
  { begin, end }: ByteRange,
  options: { limit?: number; reverse?: boolean } = {},
): Promise<IndexEntry[]> {
  const found = await index.getRangeAll(begin, end, options)
  return found.map(([key]) => tokensOf(key))
}

const behind = (prefix: Buffer, ...bytes: number[]): Buffer =>
  Buffer.concat([prefix, Buffer.from(bytes)])

/** The tuples that begin with these items and have more. */
const within = (prefix: Buffer): ByteRange => ({
  begin: behind(prefix, code.NULL),
  end: behind(prefix, code.ESCAPE),
})

/** The same, and the tuple of these items itself. */
const from = (prefix: Buffer): ByteRange => ({ begin: prefix, end: behind(prefix, code.ESCAPE) })

/** All that the items may be packed as; not exact when there are too many, and other tuples begin with them too. */
function prefixesOf(tokens: readonly Token[]): { prefixes: Buffer[]; isExact: boolean } {
  let prefixes = [Buffer.alloc(0)]
  for (const token of tokens) {
    const longer = prefixes.flatMap((prefix) =>
      sameForms(token).map((form) => Buffer.concat([prefix, form])),
    )
    if (longer.length > MOST_PREFIXES) return { prefixes, isExact: false }
    prefixes = longer
  }
  return { prefixes, isExact: true }
}

/** What is the same value to a look-up: a number of another form, unless a form was asked for. */
function sameForms({ bytes, number }: Token): Buffer[] {
  if (number === undefined || Number.isNaN(number)) return [bytes]
  const forms = plainFormsOf(number)
  return forms.some((form) => form.equals(bytes)) ? forms : [bytes]
}

function begins(entry: IndexEntry, tokens: readonly Token[]): boolean {
  return tokens.every((token, at) => sameForms(token).some((form) => entry[at]?.bytes.equals(form)))
}

/** Entries with one prefix, as far as they are known: the first ones in the order of their keys, or all. */
interface Known {
  readonly prefix: Buffer
  readonly entries: IndexEntry[]
  isAll: boolean
}

/** Parts in which keys sort as their items do: integers and what is before them, floats, doubles and what is behind. */
const KINDS = [
  { begin: [], end: BEHIND_INTEGERS },
  { begin: [code.FLOAT], end: BEHIND_FLOATS },
  { begin: [code.DOUBLE], end: code.ESCAPE },
] as const

function kindOf(first: number): number {
  return first < code.FLOAT ? 0 : first === code.FLOAT ? 1 : 2
}

/**
 * The first entries only. Each range is read as far as the limit. What sorts before the place where the first of
 * them ends is known then; the entries of that place, which are equal in this item, are compared by the next.
 */
class LimitedSearch {
  readonly #index: Index
  readonly #reverse: boolean

  constructor(index: Index, reverse: boolean) {
    this.#index = index
    this.#reverse = reverse
  }

  /** @param depth how many tokens a prefix has. */
  async begin(prefixes: readonly Buffer[], depth: number, limit: number): Promise<IndexEntry[]> {
    const known = prefixes.map((prefix) => this.#read(prefix, within(prefix), limit))
    return this.#first(await Promise.all(known), depth, limit)
  }

  async #first(groups: readonly Known[], depth: number, limit: number): Promise<IndexEntry[]> {
    const parts = (
      await Promise.all(groups.map((known) => this.#complete(known, depth, limit)))
    ).flat()
    const entries = parts.flatMap((part) => part.entries)
    entries.sort((a, b) => this.#direct(compareTokenLists(a, b)))
    const ends = parts.filter((part) => !part.isAll).map((part) => part.entries.at(-1)![depth])
    if (ends.length === 0 && entries.length < limit) {
      for (const { prefix } of groups) this.#conflict(from(prefix))
      return entries
    }
    ends.sort((a, b) => this.#direct(compareTokens(a, b)))
    const isSure = (entry: IndexEntry): boolean => {
      const order = ends.length === 0 ? -1 : this.#direct(compareTokens(entry[depth], ends[0]))
      // Only one entry ends where a prefix does.
      return order < 0 || (order === 0 && entry[depth] === undefined)
    }
    const sure = entries.filter(isSure).slice(0, limit)
    const last = sure.length === limit ? sure.at(-1)![depth] : ends[0]
    for (const { prefix } of groups) this.#conflictBefore(prefix, last)
    const equal = sure.length === limit ? [] : await this.#equal(parts, last!, depth, limit)
    this.#conflictAt(groups, last, equal)
    if (sure.length === limit) return sure
    return [...sure, ...(await this.#first(equal, depth + 1, limit - sure.length))]
  }

  #direct(order: number): number {
    return this.#reverse ? -order : order
  }

  async #read(prefix: Buffer, range: ByteRange, limit: number): Promise<Known> {
    const options = { limit, reverse: this.#reverse }
    const entries = await read(this.#index.snapshot(), range, options)
    return { prefix, entries, isAll: entries.length < limit }
  }

  /**
   * Of each kind of numbers, the first entries: each part is in the order of numbers. Kinds behind the
   * place where reading ended are left alone when it didn't get as far as to a number.
   */
  async #complete(group: Known, depth: number, limit: number): Promise<Known[]> {
    if (group.isAll) return [group]
    const { prefix, entries } = group
    const codeOf = (entry: IndexEntry): number => entry[depth]?.bytes[0] ?? code.NULL
    const ended = codeOf(entries.at(-1)!)
    const isBeforeNumbers = this.#reverse ? ended > code.DOUBLE : ended < code.NEGATIVE_BIG
    const endedIn = kindOf(ended)
    const parts = KINDS.map(async (range, kind): Promise<Known | undefined> => {
      const known = entries.filter((entry) => kindOf(codeOf(entry)) === kind)
      const isBehind = this.#direct(kind - endedIn) > 0
      if (isBehind && isBeforeNumbers) return undefined
      const isAll = this.#direct(kind - endedIn) < 0
      if (isAll || known.length >= limit) return { prefix, entries: known, isAll }
      return this.#read(
        prefix,
        { begin: behind(prefix, ...range.begin), end: behind(prefix, range.end) },
        limit,
      )
    })
    return (await Promise.all(parts)).filter((part) => part !== undefined)
  }

  /** What is known of the entries that are equal in this item: a number may have several forms. */
  async #equal(
    parts: readonly Known[],
    token: Token,
    depth: number,
    limit: number,
  ): Promise<Known[]> {
    const groups = new Map<string, Known>()
    for (const { prefix, entries, isAll } of parts) {
      for (const entry of entries) {
        if (compareTokens(entry[depth], token) !== 0) continue
        const longer = Buffer.concat([prefix, entry[depth]!.bytes])
        const name = longer.toString('latin1')
        const group = groups.get(name) ?? { prefix: longer, entries: [], isAll: true }
        group.entries.push(entry)
        group.isAll = isAll || entry !== entries.at(-1)
        groups.set(name, group)
      }
    }
    // Of the zeros of one kind, reading may have ended at the first.
    const zeros = token.number === 0 || token.number === 0n ? formsOf(0) : []
    for (const prefix of new Set(parts.filter((part) => !part.isAll).map((part) => part.prefix))) {
      for (const zero of zeros) {
        const longer = Buffer.concat([prefix, zero])
        const name = longer.toString('latin1')
        if (!groups.has(name)) groups.set(name, await this.#read(longer, from(longer), limit))
      }
    }
    return [...groups.values()]
  }

  #conflict({ begin, end }: ByteRange): void {
    if (!this.#index.isSnapshot) this.#index.conflicts.addReadRange(begin, end)
  }

  /** A write of what comes before the token would change what was found. */
  #conflictBefore(prefix: Buffer, token: Token | undefined): void {
    const all = from(prefix)
    if (token?.number !== undefined) {
      const ranges = this.#reverse ? rangesBehind : rangesBefore
      const isNaN = Number.isNaN(token.number)
      for (const range of isNaN ? [all] : ranges(prefix, token.number)) this.#conflict(range)
    } else if (token === undefined) {
      if (this.#reverse) this.#conflict(all)
    } else if (this.#reverse) {
      this.#conflict({
        begin: behind(Buffer.concat([prefix, token.bytes]), code.ESCAPE),
        end: all.end,
      })
    } else {
      this.#conflict({ begin: prefix, end: Buffer.concat([prefix, token.bytes]) })
    }
  }

  /** So would one of the same place, unless those are looked at one by one. */
  #conflictAt(groups: readonly Known[], token: Token | undefined, looked: readonly Known[]): void {
    const forms =
      token?.number === undefined || Number.isNaN(token.number)
        ? [token?.bytes ?? Buffer.alloc(0)]
        : formsOf(token.number)
    for (const { prefix } of groups) {
      for (const form of forms) {
        const longer = Buffer.concat([prefix, form])
        if (looked.some((known) => known.prefix.equals(longer))) continue
        this.#conflict(
          token === undefined ? { begin: prefix, end: behind(prefix, 0) } : from(longer),
        )
      }
    }
  }
}
