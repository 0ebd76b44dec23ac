import type { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import type {
  KeyValue,
  RangeOptions,
  Selector,
  TransactionHandle,
} from '../../src/future/handles/transaction-handle.ts'
import { FDBError } from '../../src/native/errors/errors.ts'
import { TransactionOptionCode as Option } from '../../src/native/generated/transaction-options.ts'
import { SLOTS, WRITTEN_SYSTEM_KEYS } from './generate.ts'
import { bytesOf } from './operations.ts'
import type { Operation, OptionData, SelectorData } from './operations.ts'
import { Stamps } from './stamps.ts'

/** The first byte of all system keys. */
const SYSTEM = 0xff
const SYSTEM_KEYS = Buffer.from([SYSTEM])
const SYSTEM_ACCESS: readonly number[] = [Option.AccessSystemKeys, Option.ReadSystemKeys]
const WRITTEN = new Set<string>(WRITTEN_SYSTEM_KEYS)
const USER_KEYS = { begin: Buffer.alloc(0), end: Buffer.from([0xff]) }
/** More batches than any range of a stream has: a read that does not end is a difference, not a hang. */
const MAX_BATCHES = 300

const selectorOf = ({ key, orEqual, offset }: SelectorData) => ({
  key: bytesOf(key),
  orEqual,
  offset,
})
const atKey = (key: Buffer) => ({ key, orEqual: false, offset: 1 })
const optionValue = (value: OptionData) =>
  typeof value === 'string' ? bytesOf(value).toString('latin1') : value

/** Runs the operations of a stream, one after the other, and writes down what they answer. */
export class StreamRun {
  readonly #db: DatabaseHandle
  readonly #control: DatabaseHandle
  readonly #slots: TransactionHandle[] = []
  readonly #versions: (bigint | undefined)[] = []
  readonly #pendingStamps: (FdbFuture<Buffer> | undefined)[] = []
  /** The slots whose transactions may read system keys. */
  readonly #systemReaders = new Set<number>()
  readonly #stamps = new Stamps()
  readonly #lines: string[] = []

  /**
   * @param db for the stream alone: an option that is wrong spoils a database for good.
   * @param control the same data, for what is done before and after the stream.
   */
  constructor(db: DatabaseHandle, control: DatabaseHandle) {
    this.#db = db
    this.#control = control
  }

  /**
   * One line for each operation, then one for each key that is left.
   *
   * @param trace is told of each operation before it runs: of use when the library ends the process.
   */
  async run(operations: readonly Operation[], trace?: (line: string) => void): Promise<string[]> {
    await this.#clearAll()
    for (let slot = 0; slot < SLOTS; slot++) this.#slots[slot] = this.#db.createTransaction()
    for (const operation of operations) {
      const { slot, op, ...rest } = operation
      const args = Object.values(rest as Record<string, unknown>).map(argument)
      trace?.(`${slot} ${[op, ...args].join(' ')}`)
      this.#lines.push(`${slot} ${[op, ...args].join(' ')} = ${await this.#answer(operation)}`)
    }
    for (const tn of this.#slots) tn[Symbol.dispose]()
    const left = await this.#readEverything()
    return [...this.#lines, ...left.map((entry) => `left ${entry}`)]
  }

  async #answer(operation: Operation): Promise<string> {
    try {
      return await this.#execute(operation)
    } catch (error) {
      if (error instanceof FDBError) {
        return `error ${error.code}`
      }
      if (error instanceof TypeError || error instanceof RangeError) return error.name
      throw error
    }
  }

  async #clearAll(): Promise<void> {
    await this.#committed((tn) => {
      tn.setOption('access_system_keys')
      tn.clearRange(USER_KEYS.begin, USER_KEYS.end)
      // The key `\xff` itself is a key like others to who may write it, and would be in the streams behind.
      for (const key of [SYSTEM_KEYS, ...WRITTEN_SYSTEM_KEYS.map(bytesOf)]) tn.clear(key)
    }, this.#control)
  }

  /** A transaction of our own that is run until it is committed. */
  async #committed(
    body: (tn: TransactionHandle) => unknown,
    db: DatabaseHandle = this.#db,
  ): Promise<void> {
    using tn = db.createTransaction()
    for (;;) {
      try {
        await body(tn)
        await tn.commit()
        return
      } catch (error) {
        if (!(error instanceof FDBError)) throw error
        await tn.onError(error.code)
      }
    }
  }

  async #readEverything(): Promise<string[]> {
    let entries: string[] = []
    await this.#committed(async (tn) => {
      entries = await this.#readAll(tn, USER_KEYS.begin, USER_KEYS.end, -2, false, 0)
    }, this.#control)
    return entries
  }

  #show(entries: readonly KeyValue[]): string[] {
    // What the cluster keeps for itself is not the stream's.
    const users = entries.filter(
      ([key]) => key[0] !== SYSTEM || WRITTEN.has(key.toString('latin1')),
    )
    return users.map(([key, value]) => `${this.#stamps.show(key)}:${this.#stamps.show(value)}`)
  }

  /**
   * Whether a range among the keys that the cluster keeps for itself depends on how many these are: what it
   * reads, and what it conflicts with.
   */
  #countsSystem(slot: number, ends: readonly Selector[], options: RangeOptions): boolean {
    const isInside = ({ key }: Selector) => Buffer.compare(key, SYSTEM_KEYS) > 0
    const limited = (options.limit ?? 0) > 0 && options.reverse === true
    return (
      this.#systemReaders.has(slot) &&
      ends.some((end) => end.offset > 1 || (isInside(end) && (limited || end.offset < 1)))
    )
  }

  #readAll(
    tn: TransactionHandle,
    begin: Buffer,
    end: Buffer,
    mode: number,
    reverse: boolean,
    limit: number,
  ): Promise<string[]> {
    return this.#readBatches(tn, atKey(begin), atKey(end), { mode, reverse, limit })
  }

  /** Batches until there are no more; only the whole is compared. */
  async #readBatches(
    tn: TransactionHandle,
    begin: Selector,
    end: Selector,
    options: RangeOptions,
  ): Promise<string[]> {
    const { limit = 0, reverse = false } = options
    const entries: KeyValue[] = []
    let from = begin
    let to = end
    for (let iteration = options.iteration ?? 1, n = 0; n < MAX_BATCHES; iteration++, n++) {
      const left = limit > 0 ? limit - entries.length : limit
      const { results, more } = await tn.getRange(from, to, { ...options, limit: left, iteration })
      entries.push(...results)
      const last = results.at(-1)?.[0]
      if (!more || (limit > 0 && entries.length >= limit)) return this.#show(entries)
      if (last === undefined) continue
      if (reverse) to = atKey(last)
      else from = { key: last, orEqual: true, offset: 1 }
    }
    return ['has no end']
  }

  async #execute(operation: Operation): Promise<string> {
    const { slot } = operation
    const tn = this.#slots[slot]!
    switch (operation.op) {
      case 'begin':
        tn[Symbol.dispose]()
        this.#slots[slot] = this.#db.createTransaction()
        this.#pendingStamps[slot] = undefined
        this.#systemReaders.delete(slot)
        return 'ok'
      case 'get': {
        const value = await tn.get(bytesOf(operation.key), operation.snapshot)
        return value === undefined ? 'none' : this.#stamps.show(value)
      }
      case 'getKey': {
        const selector = selectorOf(operation.selector)
        const { key, orEqual, offset } = selector
        // Where it is beyond the keys of users it is enough to know that.
        if (this.#countsSystem(slot, [{ ...selector, offset: Math.min(offset, 1) }], {}))
          return 'not asked'
        const found = await tn.getKey(key, orEqual, offset, operation.snapshot)
        return found[0] === SYSTEM ? 'a system key' : this.#stamps.show(found)
      }
      case 'getRange': {
        // A real client cuts batches where its cache of the transaction's reads ends: only the whole of
        // what it gives is the same for all.
        const { begin, end } = operation
        const [from, to] = [selectorOf(begin), selectorOf(end)]
        if (this.#countsSystem(slot, [from, to], operation)) return 'not asked'
        const all = await this.#readBatches(tn, from, to, operation)
        return `[${all.join(' ')}]`
      }
      case 'firstBatch': {
        using fresh = this.#db.createTransaction()
        const { begin, end } = operation
        const { results, more } = await fresh.getRange(
          selectorOf(begin),
          selectorOf(end),
          operation,
        )
        return `[${this.#show(results).join(' ')}]${more ? ' more' : ''}`
      }
      case 'getMappedRange': {
        const mapper = bytesOf(operation.mapper ?? '')
        const begin = selectorOf(operation.begin)
        const { results, more } = await tn.getMappedRange(
          begin,
          selectorOf(operation.end),
          mapper,
          operation,
        )
        const shown = results.map(
          ({ key, value, results: inner }) =>
            `${this.#show([[key, value]]).join('')}>(${this.#show(inner).join(' ')})`,
        )
        return `[${shown.join(' ')}]${more ? ' more' : ''}`
      }
      case 'readAll': {
        const { begin, end, mode, reverse, limit } = operation
        const [from, to] = [bytesOf(begin), bytesOf(end)]
        if (this.#countsSystem(slot, [atKey(from), atKey(to)], operation)) return 'not asked'
        const all = await this.#readAll(tn, from, to, mode, reverse, limit)
        return `[${all.join(' ')}]`
      }
      case 'set':
        tn.set(bytesOf(operation.key), bytesOf(operation.value))
        return 'ok'
      case 'clear':
        tn.clear(bytesOf(operation.key))
        return 'ok'
      case 'clearRange': {
        const [begin, end] = [bytesOf(operation.begin), bytesOf(operation.end)]
        // A cluster does not outlive its own keys.
        if (this.#systemReaders.has(slot) && end.compare(SYSTEM_KEYS) > 0) return 'not asked'
        tn.clearRange(begin, end)
        return 'ok'
      }
      case 'atomic':
        tn.atomicOp(operation.type, bytesOf(operation.key), bytesOf(operation.param))
        return 'ok'
      case 'conflict':
        tn.addConflictRange(bytesOf(operation.begin), bytesOf(operation.end), operation.type)
        return 'ok'
      case 'readVersion': {
        const version = await tn.getReadVersion()
        this.#versions[slot] = version
        return version > 0n ? 'a version' : String(version)
      }
      case 'committedVersion':
        return this.#stamps.version(tn.getCommittedVersion())
      case 'versionstamp':
        this.#pendingStamps[slot] = tn.getVersionstamp()
        this.#pendingStamps[slot].catch(() => undefined)
        return 'ok'
      case 'size':
        return this.#size(bytesOf(operation.key))
      case 'cost':
        // Of reads it is what the servers were asked, which a cache decides.
        return (await tn.getTotalCost()) >= 0n ? 'a cost' : 'negative'
      case 'throttled':
        return String(await tn.getTagThrottledDuration())
      case 'setReadVersion':
        return this.#setReadVersion(tn, operation.from, operation.other)
      case 'commit':
        return this.#commit(tn, slot)
      case 'reset':
        tn.reset()
        this.#systemReaders.delete(slot)
        return 'ok'
      case 'cancel':
        tn.cancel()
        return 'ok'
      case 'destroy':
        tn[Symbol.dispose]()
        this.#slots[slot] = this.#db.createTransaction()
        this.#systemReaders.delete(slot)
        return 'ok'
      case 'commitAndUse':
        return this.#commitAndUse(bytesOf(operation.key), operation.second)
      case 'onError':
        await tn.onError(operation.code)
        this.#systemReaders.delete(slot)
        return 'ok'
      case 'option':
        tn.setOption(operation.code, optionValue(operation.value))
        if (SYSTEM_ACCESS.includes(operation.code)) this.#systemReaders.add(slot)
        return 'ok'
      case 'databaseOption':
        this.#db.setOption(operation.code, optionValue(operation.value))
        return 'ok'
      case 'estimate':
        return (await tn.getEstimatedRangeSizeBytes(
          bytesOf(operation.begin),
          bytesOf(operation.end),
        )) >= 0n
          ? 'a size'
          : 'negative'
      case 'addresses':
        return `${(await tn.getAddressesForKey(bytesOf(operation.begin))).length} addresses`
      case 'split': {
        const { begin, end, chunk } = operation
        const keys = await tn.getRangeSplitPoints(bytesOf(begin), bytesOf(end), BigInt(chunk))
        return `${this.#stamps.show(keys[0]!)} to ${this.#stamps.show(keys.at(-1)!)}`
      }
      case 'watchChange':
        return this.#watchChange(bytesOf(operation.key), operation.change)
      case 'watchPending':
        return this.#watchPending(bytesOf(operation.key), operation.then)
      case 'timeout':
        return this.#timeout(bytesOf(operation.key))
      case 'conflictingKeys':
        return this.#conflictingKeys()
    }
  }

  #setReadVersion(tn: TransactionHandle, from: string, other: number): string {
    const known = { zero: 0n, one: 1n, negative: -1n }[from] ?? this.#versions[other]
    if (known === undefined) return 'no version yet'
    tn.setReadVersion(known)
    return 'ok'
  }

  /**
   * Its own versionstamp is asked for, too, so that it is known in all that is read after. When a read
   * before it failed, a real client's commit fails and leaves the versionstamp waiting for a reset.
   */
  async #commit(tn: TransactionHandle, slot: number): Promise<string> {
    const asked = this.#pendingStamps[slot]
    this.#pendingStamps[slot] = undefined
    const own = tn.getVersionstamp()
    own.catch(() => undefined)
    await tn.commit()
    const stamp = await this.#stampOf(own)
    return asked === undefined ? `ok ${stamp}` : `ok ${stamp} ${await this.#stampOf(asked)}`
  }

  async #stampOf(future: FdbFuture<Buffer>): Promise<string> {
    try {
      return this.#stamps.learn(await future)
    } catch (error) {
      if (error instanceof FDBError) return `no stamp ${error.code}`
      throw error
    }
  }

  /**
   * A call while the commit of its transaction is under way. Whether that stops the commit depends on who
   * is first, so the key is taken away afterwards.
   */
  async #commitAndUse(key: Buffer, second: string): Promise<string> {
    using tn = this.#db.createTransaction()
    tn.set(key, Buffer.from('used'))
    const commit = outcome(tn.commit())
    let answer: Promise<string> = Promise.resolve('ok')
    if (second === 'get') answer = outcome(tn.get(key))
    else if (second === 'commit') answer = outcome(tn.commit())
    else if (second === 'readVersion') answer = outcome(tn.getReadVersion())
    else if (second === 'set') tn.set(key, Buffer.from('again'))
    else tn.reset()
    const first = await commit
    const stopped = second === 'reset' ? 'error 1025' : 'error 2017'
    const answers = [await answer, first === stopped || first === 'ok' ? 'ok or stopped' : first]
    await this.#committed((other) => other.clear(key))
    return answers.join(', ')
  }

  /** After range reads it depends on how they were cut into batches, so it is that of a new transaction. */
  async #size(key: Buffer): Promise<string> {
    using tn = this.#db.createTransaction()
    const sizes = [await tn.getApproximateSize()]
    const steps = [
      () => tn.set(key, Buffer.from('value')),
      () => tn.atomicOp(2, key, Buffer.from('12345678')),
      () => tn.clear(key),
      () => tn.clearRange(key, Buffer.from([0xff])),
      () => tn.addConflictRange(key, Buffer.from([0xff]), 0),
      () => tn.addConflictRange(key, Buffer.from([0xff]), 1),
    ]
    for (const step of steps) {
      step()
      sizes.push(await tn.getApproximateSize())
    }
    return sizes.join(' ')
  }

  /** A watch of its own transaction, then a change by another. */
  async #watchChange(key: Buffer, change: string): Promise<string> {
    let watch: FdbFuture<void> | undefined
    let before: Buffer | undefined
    await this.#committed(async (tn) => {
      before = await tn.get(key)
      watch = tn.watch(key).holdOpen(true)
      watch.catch(() => undefined)
    })
    const write = (value: Buffer | undefined) =>
      this.#committed((tn) => (value === undefined ? tn.clear(key) : tn.set(key, value)))
    const other = Buffer.concat([(before ?? Buffer.alloc(0)).subarray(0, 200), Buffer.from('+')])
    if (change === 'set') await write(other)
    else if (change === 'clear') await write(undefined)
    else if (change === 'same') await write(before)
    const fires = change === 'set' || (change === 'clear' && before !== undefined)
    if (!fires) watch!.cancel()
    return fires ? `fired ${await outcome(watch!)}` : `waited ${await outcome(watch!)}`
  }

  /** A watch whose transaction is never committed. */
  async #watchPending(key: Buffer, then: string): Promise<string> {
    const tn = this.#db.createTransaction()
    try {
      const watch = outcome(tn.watch(key).holdOpen(true))
      // Once the watch has read its value, a real client's cancel leaves it waiting.
      if (then !== 'cancel') await tn.get(key).catch(() => undefined)
      if (then === 'cancel') tn.cancel()
      else if (then === 'reset') tn.reset()
      else if (then === 'destroy') tn.destroy()
      return await watch
    } finally {
      tn[Symbol.dispose]()
    }
  }

  /** What a transaction answers once its time is over. */
  async #timeout(key: Buffer): Promise<string> {
    using tn = this.#db.createTransaction()
    tn.setOption('timeout', 20)
    const answers: string[] = []
    while ((answers[0] ?? 'ok') === 'ok') answers[0] = await outcome(tn.get(key))
    tn.set(key, Buffer.from('late'))
    answers.push(
      await outcome(tn.commit()),
      await outcome(tn.onError(1031)),
      await outcome(tn.onError(1020)),
    )
    tn.reset()
    tn.setOption('timeout', 100_000)
    answers.push(await outcome(tn.getReadVersion()))
    return answers.join(', ')
  }

  /** A conflict, and what the special keys say of it. */
  async #conflictingKeys(): Promise<string> {
    using tn = this.#db.createTransaction()
    tn.setOption('report_conflicting_keys')
    await tn.getRange(atKey(Buffer.from('b')), atKey(Buffer.from('d')))
    tn.addConflictRange(Buffer.from('x'), Buffer.from('y'), 0)
    tn.set(Buffer.from('w'), Buffer.from('w'))
    await this.#committed((other) => {
      other.set(Buffer.from('c'), Buffer.from('c'))
      other.set(Buffer.from('x1'), Buffer.from('x'))
    })
    const answers = [await outcome(tn.commit())]
    const space = '\xff\xff/transaction/conflicting_keys/'
    const { results } = await tn.getRange(
      atKey(Buffer.from(space, 'latin1')),
      atKey(Buffer.from(`${space}\xff\xff`, 'latin1')),
    )
    const ranges = results.map(([key, value]) => `${this.#stamps.show(key)}:${String(value)}`)
    return [...answers, ...ranges].join(', ')
  }
}

async function outcome(future: PromiseLike<unknown>): Promise<string> {
  try {
    await future
    return 'ok'
  } catch (error) {
    if (error instanceof FDBError) return `error ${error.code}`
    throw error
  }
}

function argument(value: unknown): string {
  if (typeof value === 'string') return new Stamps().show(Buffer.from(value, 'latin1')) || "''"
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return Object.values(value as Record<string, unknown>)
    .map(argument)
    .join('/')
}
