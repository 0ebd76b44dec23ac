import { afterAll, expect, test } from 'vitest'
import { FDBError, StreamingMode, keySelector } from '../../src/index.ts'
import type { Database, Transaction, MutationType } from '../../src/index.ts'
import { Draw } from '../differential/draw.ts'
import { backend } from '../support/backends.ts'
import { openBackend } from './open-backend.ts'
import { ModelDatabase, ModelTransaction } from './model/model-database.ts'
import type { ModelSelector } from './model/model-database.ts'

const TRANSACTIONS = backend.name === 'engine' ? 10_000 : 600
const SEEDS = 20
const SLOTS = 4
const KEYS = ['a', 'b', 'ba', 'bb', 'c', 'd\0', 'd\xff', 'e', 'f', 'g', 'h', 'i']
const COMPARE_AND_CLEAR = 20 as MutationType
const ATOMICS = [2, 6, 7, 8, 9, 12, 13, 16, 17, COMPARE_AND_CLEAR] as MutationType[]

const db = openBackend()
afterAll(() => db.close())

const bytes = (text: string) => Buffer.from(text, 'latin1')
const shown = (value: Buffer | undefined) => value?.toString('latin1')

interface Slot {
  tn: Transaction
  model: ModelTransaction
  version: bigint | undefined
  /** It may have taken a value away by an atomic operation. */
  tookAway: boolean
  /** What it did so far, for the message of a failure. */
  log: string[]
}

/** Runs the same random steps on the database and on the model, and compares every answer. */
class Comparison {
  readonly #db: Database
  readonly #draw: Draw
  readonly #model = new ModelDatabase()
  readonly #slots: Slot[]
  ended = 0
  conflicts = 0
  failing: string[] = []
  #lastCommit = -1n

  constructor(db: Database, seed: number) {
    this.#db = db
    this.#draw = new Draw(seed)
    this.#slots = Array.from({ length: SLOTS }, () => this.#newSlot())
  }

  #newSlot(): Slot {
    const model = new ModelTransaction(this.#model)
    return { tn: this.#db.createTransaction(), model, version: undefined, tookAway: false, log: [] }
  }

  async run(transactions: number): Promise<void> {
    while (this.ended < transactions) await this.#step()
    for (const { tn } of this.#slots) tn[Symbol.dispose]()
    const left = await this.#db.getRangeAll('', '\xff')
    const expected = [...this.#model.state].sort(([a], [b]) => (a < b ? -1 : 1))
    expect(left.map(([key, value]) => [shown(key), shown(value)])).toEqual(
      expected.map(([key, value]) => [key, shown(value)]),
    )
  }

  #key(): string {
    return this.#draw.pick(KEYS)
  }

  #value(): Buffer {
    return this.#draw.bytes(this.#draw.integer(0, 4))
  }

  #range(): [string, string] {
    const pair: [string, string] = [this.#key(), this.#draw.oneIn(6) ? 'z' : this.#key()]
    return pair[0] <= pair[1] ? pair : [pair[1], pair[0]]
  }

  async #step(): Promise<void> {
    const index = this.#draw.integer(0, SLOTS - 1)
    const slot = this.#slots[index]!
    this.failing = slot.log
    const kind = this.#draw.weighted({ read: 30, write: 25, conflict: 4, version: 4, end: 20 })
    if (kind === 'read') {
      // A read that its own writes answer takes no read version, so it says when it begins.
      if (!slot.model.hasBegun) await this.#version(slot)
      await this.#read(slot)
    } else if (kind === 'write') this.#write(slot)
    else if (kind === 'conflict') this.#conflict(slot)
    else if (kind === 'version') await this.#version(slot)
    else {
      await this.#end(slot)
      slot.tn[Symbol.dispose]()
      this.#slots[index] = this.#newSlot()
      this.ended++
    }
  }

  async #read({ tn, model, log, tookAway }: Slot): Promise<void> {
    const draw = this.#draw
    const snapshot = draw.oneIn(4)
    const reader = snapshot ? tn.snapshot() : tn
    const drawn = draw.weighted({ get: 4, getKey: 3, getRange: 4, getRangeAll: 2 })
    // In FoundationDB a key without its value still counts for selectors, which is nothing that a sorted map does.
    const kind = tookAway && (drawn === 'getKey' || drawn === 'getRange') ? 'getRangeAll' : drawn
    if (kind === 'get') {
      const key = this.#key()
      log.push(`get ${key} ${snapshot}`)
      expect(shown(await reader.get(bytes(key)))).toBe(shown(model.get(key, snapshot)))
    } else if (kind === 'getKey') {
      const selector = { key: this.#key(), orEqual: draw.oneIn(2), offset: draw.integer(-4, 5) }
      log.push(`getKey ${JSON.stringify(selector)} ${snapshot}`)
      const found = model.getKey(selector, snapshot)
      const expected = found === '' ? undefined : found
      expect(shown(await reader.getKey(native(selector)))).toBe(expected)
    } else if (kind === 'getRange') {
      await this.#readBatch(reader, model, log, snapshot)
    } else {
      const [begin, end] = this.#range()
      const reverse = draw.oneIn(2)
      log.push(`getRangeAll ${begin} ${end} ${reverse} ${snapshot}`)
      const entries = await reader.getRangeAll(bytes(begin), bytes(end), { reverse })
      const whole = model.getRange(plain(begin), plain(end), reverse, 0, false, snapshot)
      expectEntries(entries, whole)
    }
  }

  async #readBatch(
    reader: Transaction,
    model: ModelTransaction,
    log: string[],
    snapshot: boolean,
  ): Promise<void> {
    const draw = this.#draw
    const [first, last] = this.#range()
    // What a serializable read depends on is simple only for selectors that start at their key.
    const offset = () => (snapshot ? draw.integer(-3, 4) : 1)
    const begin = { key: first, orEqual: draw.oneIn(2), offset: offset() }
    const end = { key: last, orEqual: draw.oneIn(2), offset: offset() }
    if (begin.key === end.key && begin.orEqual && !end.orEqual) return
    const reverse = draw.oneIn(2)
    const limit = draw.integer(0, 3)
    const streamingMode = draw.pick([
      StreamingMode.Iterator,
      StreamingMode.WantAll,
      StreamingMode.Small,
    ])
    const options = { limit, reverse, streamingMode }
    log.push(`getRange ${JSON.stringify([begin, end, options])} ${snapshot}`)
    const { results, more } = await reader.native.getRange(native(begin), native(end), options)
    const wanted = more ? results.length : limit
    const entries = model.getRange(begin, end, reverse, wanted, more, snapshot)
    expectEntries(results, entries)
  }

  #write(slot: Slot): void {
    const { tn, model, log } = slot
    const draw = this.#draw
    const key = this.#key()
    const kind = draw.weighted({ set: 5, clear: 2, clearRange: 2, atomic: 5 })
    if (kind === 'set') {
      const value = this.#value()
      log.push(`set ${key} ${value.toString('hex')}`)
      tn.set(bytes(key), value)
      model.set(key, value)
    } else if (kind === 'clear') {
      log.push(`clear ${key}`)
      tn.clear(bytes(key))
      model.clear(key)
    } else if (kind === 'clearRange') {
      const [begin, end] = this.#range()
      log.push(`clearRange ${begin} ${end}`)
      tn.clearRange(bytes(begin), bytes(end))
      model.clearRange(begin, end)
    } else {
      const type = draw.pick(ATOMICS)
      slot.tookAway ||= type === COMPARE_AND_CLEAR
      const param = this.#value()
      log.push(`atomicOp ${type} ${key} ${param.toString('hex')}`)
      tn.atomicOp(type, bytes(key), param)
      model.atomicOp(type, key, param)
    }
  }

  #conflict({ tn, model, log }: Slot): void {
    const [begin, end] = this.#range()
    const write = this.#draw.oneIn(2)
    log.push(`conflict ${begin} ${end} ${write ? 'write' : 'read'}`)
    if (write) tn.conflicts.addWriteRange(bytes(begin), bytes(end))
    else tn.conflicts.addReadRange(bytes(begin), bytes(end))
    model.addConflict({ begin, end }, write)
  }

  async #version(slot: Slot): Promise<void> {
    const other = this.#draw.pick(this.#slots)
    if (!slot.model.hasBegun && other.version !== undefined && this.#draw.oneIn(2)) {
      slot.log.push('setReadVersion')
      slot.tn.setReadVersion(other.version)
      slot.model.beginWith(other.model)
      return
    }
    slot.log.push('getReadVersion')
    slot.model.begin()
    slot.version = await slot.tn.getReadVersion()
  }

  async #end({ tn, model }: Slot): Promise<void> {
    // The rest is given up: none of its writes may show later.
    if (this.#draw.oneIn(8)) return
    const readOnly = model.writesNothing
    const expected = model.commit() ? 'committed' : 'conflict'
    let outcome = 'committed'
    try {
      await tn.commit()
    } catch (error) {
      if (!(error instanceof FDBError)) throw error
      outcome = error.code === 1020 ? 'conflict' : error.codeName
    }
    expect(outcome).toBe(expected)
    if (outcome === 'conflict') this.conflicts++
    else this.#checkVersion(tn.getCommittedVersion(), readOnly)
  }

  #checkVersion(version: bigint, readOnly: boolean): void {
    if (readOnly) return expect(version).toBe(-1n)
    expect(version > this.#lastCommit).toBe(true)
    this.#lastCommit = version
  }
}

const plain = (key: string): ModelSelector => ({ key, orEqual: false, offset: 1 })
const native = ({ key, orEqual, offset }: ModelSelector) => keySelector(bytes(key), orEqual, offset)

function expectEntries(actual: [Buffer, Buffer][], expected: [string, Buffer][]): void {
  expect(actual.map(([key, value]) => [shown(key), shown(value)])).toEqual(
    expected.map(([key, value]) => [key, shown(value)]),
  )
}

test(`${TRANSACTIONS} random transactions do as a serial sorted map does`, async () => {
  let conflicts = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    // All of it: as text that would end at c3 bf.
    await db.clearRange('', bytes('\xff'))
    const comparison = new Comparison(db, seed)
    try {
      await comparison.run(TRANSACTIONS / SEEDS)
    } catch (error) {
      if (error instanceof Error)
        error.message = `seed ${seed}, transaction ${comparison.ended}: ${error.message}\n${comparison.failing.join('\n')}`
      throw error
    }
    conflicts += comparison.conflicts
  }
  // Without conflicts nothing was compared.
  expect(conflicts).toBeGreaterThan(TRANSACTIONS / 50)
})
