import type { MutationType } from '../../../src/index.ts'
import { applyAtomic } from './atomic.ts'
import { RangeSet, keyAfter } from './range-set.ts'
import type { KeyRange } from './range-set.ts'

/** Keys as latin1 text. Never changed: every commit makes a new one. */
type State = ReadonlyMap<string, Buffer>

type Write = (state: Map<string, Buffer>) => void

export interface ModelSelector {
  readonly key: string
  readonly orEqual: boolean
  readonly offset: number
}

/** The first key that is no user's. */
const END = '\xff'

/**
 * The database as it should be: a sorted map, to which transactions are applied one after the other, and
 * of each what it wrote to.
 */
export class ModelDatabase {
  #state: State = new Map()
  readonly #commits: RangeSet[] = []

  get state(): State {
    return this.#state
  }

  /** The moment now, as a number of commits. */
  get now(): number {
    return this.#commits.length
  }

  /** Whether anything in `ranges` was written after the moment. */
  writtenSince(moment: number, ranges: readonly KeyRange[]): boolean {
    return this.#commits.slice(moment).some((written) => written.overlaps(ranges))
  }

  apply(writes: readonly Write[], written: RangeSet): void {
    const state = new Map(this.#state)
    for (const write of writes) write(state)
    this.#state = state
    this.#commits.push(written)
  }
}

/** A transaction as it should be. */
export class ModelTransaction {
  readonly #db: ModelDatabase
  readonly #writes: Write[] = []
  readonly #written = new RangeSet()
  /** Where its own writes decide what it reads: such reads depend on nobody else. */
  readonly #known = new RangeSet()
  readonly #read = new RangeSet()
  #snapshot: { state: State; moment: number } | undefined

  constructor(db: ModelDatabase) {
    this.#db = db
  }

  /** Reads see this moment from the first on. */
  begin(): number {
    this.#snapshot ??= { state: this.#db.state, moment: this.#db.now }
    return this.#snapshot.moment
  }

  /** The same moment as that of another transaction. */
  beginWith(other: ModelTransaction): void {
    other.begin()
    this.#snapshot = other.#snapshot
  }

  get hasBegun(): boolean {
    return this.#snapshot !== undefined
  }

  #view(): [string, Buffer][] {
    this.begin()
    const view = new Map(this.#snapshot!.state)
    for (const write of this.#writes) write(view)
    return [...view].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  #note(snapshot: boolean, range: KeyRange): void {
    if (!snapshot) for (const part of this.#known.missingFrom(range)) this.#read.add(part)
  }

  get(key: string, snapshot: boolean): Buffer | undefined {
    this.#note(snapshot, { begin: key, end: keyAfter(key) })
    return this.#view().find(([each]) => each === key)?.[1]
  }

  #resolve({ key, orEqual, offset }: ModelSelector): string {
    const keys = this.#view().map(([each]) => each)
    const below = keys.filter((each) => each < key || (orEqual && each === key)).length
    const index = below - 1 + offset
    return index < 0 ? '' : (keys[index] ?? END)
  }

  getKey(selector: ModelSelector, snapshot: boolean): string {
    const found = this.#resolve(selector)
    const from = selector.orEqual ? keyAfter(selector.key) : selector.key
    this.#note(
      snapshot,
      selector.offset <= 0 ? { begin: found, end: from } : { begin: from, end: keyAfter(found) },
    )
    return found
  }

  /**
   * @param cut the database left the rest out: then nothing behind the last entry was read.
   */
  getRange(
    begin: ModelSelector,
    end: ModelSelector,
    reverse: boolean,
    limit: number,
    cut: boolean,
    snapshot: boolean,
  ): [string, Buffer][] {
    const from = this.#resolve(begin)
    const to = this.#resolve(end)
    const all = this.#view().filter(([key]) => from <= key && key < to)
    if (reverse) all.reverse()
    const entries = limit === 0 ? all : all.slice(0, limit)
    this.#note(snapshot, readRange(begin, end, entries, reverse, cut))
    return entries
  }

  set(key: string, value: Buffer): void {
    this.#write(key, (state) => state.set(key, value))
    this.#known.add({ begin: key, end: keyAfter(key) })
  }

  clear(key: string): void {
    this.clearRange(key, keyAfter(key))
  }

  clearRange(begin: string, end: string): void {
    const clear: Write = (state) => {
      for (const key of state.keys()) if (begin <= key && key < end) state.delete(key)
    }
    this.#writes.push(clear)
    this.#written.add({ begin, end })
    this.#known.add({ begin, end })
  }

  atomicOp(type: MutationType, key: string, param: Buffer): void {
    this.#write(key, (state) => {
      const value = applyAtomic(type, state.get(key), param)
      if (value === undefined) state.delete(key)
      else state.set(key, value)
    })
  }

  #write(key: string, write: Write): void {
    this.#writes.push(write)
    this.#written.add({ begin: key, end: keyAfter(key) })
  }

  addConflict(range: KeyRange, write: boolean): void {
    if (write) this.#written.add(range)
    else this.#note(false, range)
  }

  /** Whether it commits; then it is applied. */
  commit(): boolean {
    if (this.#written.ranges.length === 0) return true
    if (this.#read.ranges.length > 0 && this.#db.writtenSince(this.begin(), this.#read.ranges)) {
      return false
    }
    this.#db.apply(this.#writes, this.#written)
    return true
  }

  get writesNothing(): boolean {
    return this.#written.ranges.length === 0
  }
}

/** The part of the key space that the answer of a range read depends on. */
function readRange(
  begin: ModelSelector,
  end: ModelSelector,
  entries: readonly [string, Buffer][],
  reverse: boolean,
  cut: boolean,
): KeyRange {
  const from = begin.orEqual ? keyAfter(begin.key) : begin.key
  const to = end.orEqual ? keyAfter(end.key) : end.key
  const last = entries.at(-1)?.[0]
  if (!cut || last === undefined) return { begin: from, end: to }
  return reverse ? { begin: last, end: to } : { begin: from, end: keyAfter(last) }
}
