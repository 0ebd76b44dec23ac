import { MutationType } from '../../src/native/generated/mutation-type.ts'
import { StreamingMode } from '../../src/native/generated/streaming-mode.ts'
import { TransactionOptionCode as Option } from '../../src/native/generated/transaction-options.ts'
import { Draw } from './draw.ts'
import type { Operation, OptionData, SelectorData } from './operations.ts'

/** Transactions that are open at a time. */
export const SLOTS = 4
const OPERATIONS = 80

// Few keys, so that operations meet; some of them each other's neighbours.
const KEYS = [
  'a',
  'a\0',
  'a\0\0',
  'aa',
  'ab',
  'b',
  'b\xff',
  'c',
  'ca',
  'd',
  'e',
  'f',
  'g',
  'h',
  '\x01',
  '\xfe',
  '\xfe\xff',
]
const EDGES = ['', '\0', '\xff', 'z', '\xff\xff']
const TOO_LARGE = ['k*10000', 'k*10001', 'k*30001']
const SYSTEM = ['\xff', '\xff/none', '\xff\x02/none', '\xff\xff', '\xff\xff/none', '\xff\xff/x/y']
const READABLE_SPECIAL = [
  '\xff\xff/transaction/read_conflict_range/a',
  '\xff\xff/transaction/write_conflict_range/a',
  '\xff\xff/transaction/conflicting_keys/a',
]

/** System keys that a stream may give values; nothing of the cluster lies there. */
export const WRITTEN_SYSTEM_KEYS = ['\xff/fdbkit', '\xff\x02/fdbkit']

const MODES = Object.values(StreamingMode)
const MUTATIONS = [...new Set<number>(Object.values(MutationType))]
const RETRYABLE = [1007, 1009, 1020, 1021, 1037, 1039]
const FINAL = [1025, 1031, 1036, 2000, 2004, 2101, 2102, 2103, 4100, 1, 0]

const STAMP = '\xff'.repeat(10)

function int32(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes.toString('latin1')
}

/** The real client ends the process when the range of an estimate reaches into the special keys. */
const measurable = (key: string): string => (key > '\xff\xff' ? '\xff\xff' : key)

/** Draws the operations of one stream. */
export class StreamGenerator {
  readonly #draw: Draw
  /** Makes rare things common in some streams, so that all is met in some and depth in others. */
  readonly #odd: number

  constructor(seed: number) {
    this.#draw = new Draw(seed)
    this.#odd = this.#draw.pick([8, 20, 60, 1000])
  }

  stream(): Operation[] {
    const operations: Operation[] = []
    for (let slot = 0; slot < SLOTS; slot++) operations.push({ slot, op: 'begin' })
    operations.push(...this.#fill())
    while (operations.length < OPERATIONS) operations.push(...this.#next())
    return operations
  }

  /** Something to read, committed by the first transaction. */
  #fill(): Operation[] {
    const writes = KEYS.filter(() => this.#draw.oneIn(2)).map((key): Operation => ({
      slot: 0,
      op: 'set',
      key,
      value: this.#value(),
    }))
    return [...writes, { slot: 0, op: 'commit' }, { slot: 0, op: 'begin' }]
  }

  #key(): string {
    const draw = this.#draw
    if (!draw.oneIn(this.#odd)) return draw.pick(KEYS)
    return draw.pick(draw.pick([EDGES, EDGES, SYSTEM, TOO_LARGE]))
  }

  #end(): string {
    return this.#draw.oneIn(5) ? this.#draw.pick(EDGES) : this.#key()
  }

  /** Mostly in order. */
  #range(): [string, string] {
    const pair: [string, string] = [this.#key(), this.#end()]
    return this.#draw.oneIn(6) || pair[0] < pair[1] ? pair : [pair[1], pair[0]]
  }

  #value(): string {
    const draw = this.#draw
    switch (draw.integer(0, 7)) {
      case 0:
        return ''
      case 1:
        return int32(draw.integer(-3, 3))
      case 2:
        return draw.bytes(draw.integer(1, 12)).toString('latin1')
      case 3:
        return draw.oneIn(this.#odd) ? draw.pick(['v*99999', 'v*100000', 'v*100001']) : 'v*300'
      default:
        return draw.pick(['x', 'yy', 'zzz', '\0', '\xff\xff', 'value', 'v*40'])
    }
  }

  #selector(key = this.#end()): SelectorData {
    const draw = this.#draw
    const plain = draw.oneIn(2)
    const offset = plain
      ? draw.integer(0, 1)
      : draw.oneIn(8)
        ? draw.pick([100, -100, 5, -5])
        : draw.integer(-3, 4)
    return { key, orEqual: draw.oneIn(2), offset }
  }

  #next(): Operation[] {
    const draw = this.#draw
    const slot = draw.integer(0, SLOTS - 1)
    const kind = draw.weighted({
      read: 30,
      write: 26,
      atomic: 10,
      end: 14,
      conflict: 4,
      version: 5,
      measure: 3,
      option: 4,
      watch: 2,
      mapped: 2,
      special: 2,
      misuse: 2,
    })
    switch (kind) {
      case 'read':
        return [this.#read(slot)]
      case 'write':
        return [this.#write(slot)]
      case 'atomic':
        return [this.#atomic(slot)]
      case 'end':
        return this.#finish(slot)
      case 'conflict': {
        const [begin, end] = this.#range()
        const type = draw.oneIn(this.#odd) ? draw.pick([2, -1, 7]) : draw.integer(0, 1)
        return [{ slot, op: 'conflict', begin, end, type }]
      }
      case 'version':
        return [this.#version(slot)]
      case 'measure':
        return [this.#measure(slot)]
      case 'option':
        return [this.#option(slot)]
      case 'watch':
        return [this.#watch(slot)]
      case 'mapped':
        return this.#mapped(slot)
      case 'special':
        return this.#special(slot)
      case 'misuse':
        return [this.#misuse(slot)]
    }
  }

  #read(slot: number): Operation {
    const draw = this.#draw
    const snapshot = draw.oneIn(3)
    switch (draw.weighted({ get: 5, getKey: 4, getRange: 5, firstBatch: 2, readAll: 3 })) {
      case 'get':
        return { slot, op: 'get', key: this.#key(), snapshot }
      case 'getKey':
        return { slot, op: 'getKey', selector: this.#selector(), snapshot }
      case 'readAll': {
        const [begin, end] = this.#range()
        const limit = draw.oneIn(2) ? 0 : draw.integer(1, 6)
        const mode = draw.pick(MODES.filter((each) => each !== StreamingMode.Exact || limit > 0))
        return { slot, op: 'readAll', begin, end, mode, reverse: draw.oneIn(2), limit }
      }
      case 'firstBatch': {
        const [first, last] = this.#range()
        const begin = { key: first, orEqual: draw.oneIn(2), offset: 1 }
        const end = { key: last, orEqual: draw.oneIn(2), offset: 1 }
        return { slot, op: 'firstBatch', begin, end, ...this.#batch(), snapshot }
      }
      case 'getRange': {
        const [begin, end] = this.#range()
        return {
          slot,
          op: 'getRange',
          begin: this.#selector(begin),
          end: this.#selector(end),
          ...this.#batch(),
          snapshot,
        }
      }
    }
  }

  #batch() {
    const draw = this.#draw
    const odd = draw.oneIn(this.#odd)
    return {
      limit: odd ? draw.pick([-1, 2 ** 31 - 1]) : draw.oneIn(2) ? 0 : draw.integer(1, 5),
      targetBytes: draw.oneIn(3) ? draw.pick(odd ? [-1, 1] : [1, 20, 100, 1000]) : 0,
      mode: draw.oneIn(this.#odd) ? draw.pick([5, -3, 99]) : draw.pick(MODES),
      iteration: draw.oneIn(this.#odd) ? draw.pick([0, -1, 100]) : draw.integer(1, 4),
      reverse: draw.oneIn(2),
    }
  }

  #write(slot: number): Operation {
    const draw = this.#draw
    switch (draw.weighted({ set: 6, clear: 3, clearRange: 3 })) {
      case 'set':
        return { slot, op: 'set', key: this.#key(), value: this.#value() }
      case 'clear':
        return { slot, op: 'clear', key: this.#key() }
      case 'clearRange': {
        const [begin, end] = this.#range()
        return { slot, op: 'clearRange', begin, end }
      }
    }
  }

  #atomic(slot: number): Operation {
    const draw = this.#draw
    if (draw.oneIn(4)) return this.#stamped(slot)
    const type = draw.oneIn(this.#odd)
      ? draw.pick([0, 1, 3, 10, 11, 18, 19, 21, 255, -1])
      : draw.pick(MUTATIONS.filter((each) => each !== 14 && each !== 15))
    return { slot, op: 'atomic', type, key: this.#key(), param: this.#value() }
  }

  /** No offset near 2^31: the real client computes past it and ends the process. */
  #stamped(slot: number): Operation {
    const draw = this.#draw
    const before = draw.pick(['', 's', 'a', 'stamp'])
    const after = draw.pick(['', 't', '\0'])
    const offset = draw.oneIn(this.#odd) ? draw.pick([-1, 1, 100, 100_000]) : before.length
    const stamped = draw.oneIn(this.#odd)
      ? draw.pick(['', 'abc', 'abcdefghi'])
      : before + STAMP + after + int32(offset)
    return draw.oneIn(2)
      ? { slot, op: 'atomic', type: 14, key: stamped, param: this.#value() }
      : { slot, op: 'atomic', type: 15, key: this.#key(), param: stamped }
  }

  #finish(slot: number): Operation[] {
    const draw = this.#draw
    switch (
      draw.weighted({
        commit: 12,
        stamped: 3,
        retried: 3,
        reset: 2,
        cancel: 1,
        destroy: 1,
        errors: 1,
      })
    ) {
      case 'commit':
        return [
          { slot, op: 'commit' },
          { slot, op: 'committedVersion' },
          { slot, op: 'begin' },
        ]
      case 'stamped':
        return [
          { slot, op: 'versionstamp' },
          { slot, op: 'commit' },
          { slot, op: 'begin' },
        ]
      case 'retried':
        // Goes on in the same transaction after its commit.
        return [
          { slot, op: 'commit' },
          { slot, op: 'onError', code: draw.pick(RETRYABLE) },
        ]
      case 'reset':
        return [{ slot, op: 'reset' }]
      case 'cancel':
        return [
          { slot, op: 'cancel' },
          this.#read(slot),
          { slot, op: 'commit' },
          { slot, op: draw.pick(['reset', 'begin'] as const) },
        ]
      case 'destroy':
        return [
          { slot, op: 'destroy' },
          { slot, op: 'begin' },
        ]
      case 'errors':
        return [{ slot, op: 'onError', code: draw.pick([...RETRYABLE, ...FINAL]) }]
    }
  }

  #version(slot: number): Operation {
    const draw = this.#draw
    if (!draw.oneIn(4)) return { slot, op: draw.pick(['readVersion', 'committedVersion'] as const) }
    const from = draw.pick(['slot', 'slot', 'zero', 'one', 'negative'] as const)
    return { slot, op: 'setReadVersion', from, other: draw.integer(0, SLOTS - 1) }
  }

  #measure(slot: number): Operation {
    const draw = this.#draw
    const [begin, end] = this.#range()
    switch (
      draw.weighted({ size: 4, estimate: 2, split: 2, addresses: 2, cost: 1, throttled: 1 })
    ) {
      case 'size':
        return { slot, op: 'size', key: draw.pick(KEYS) }
      case 'cost':
        return { slot, op: 'cost' }
      case 'throttled':
        return { slot, op: 'throttled' }
      case 'estimate':
        return { slot, op: 'estimate', begin: measurable(begin), end: measurable(end) }
      case 'addresses':
        return { slot, op: 'addresses', begin, end }
      case 'split':
        return { slot, op: 'split', begin, end, chunk: draw.pick([1, 100, 1_000_000, 0, -1]) }
    }
  }

  #option(slot: number): Operation {
    const draw = this.#draw
    if (draw.oneIn(5)) return this.#databaseOption(slot)
    const options: [number, OptionData][] = [
      [Option.ReadYourWritesDisable, true],
      [Option.SnapshotRywDisable, true],
      [Option.SnapshotRywEnable, true],
      [Option.NextWriteNoWriteConflictRange, true],
      [Option.CausalReadRisky, true],
      [Option.CausalWriteRisky, true],
      [Option.AccessSystemKeys, true],
      [Option.ReadSystemKeys, true],
      [Option.BypassUnreadable, true],
      [Option.ReportConflictingKeys, true],
      [Option.SpecialKeySpaceRelaxed, true],
      [Option.SpecialKeySpaceEnableWrites, true],
      [Option.UsedDuringCommitProtectionDisable, true],
      [Option.Timeout, draw.pick([100_000, 0, -1])],
      [Option.RetryLimit, draw.pick([0, 1, 5, -1, -2])],
      [Option.MaxRetryDelay, draw.pick([0, 5, -1])],
      [Option.SizeLimit, draw.pick([32, 100, 1000, 10_000_000, 10_000_001, 31, -1])],
      [Option.Tag, draw.pick(['tag', 't*16', 't*17', ''])],
      [Option.AutoThrottleTag, draw.pick(['tag', 't*17'])],
      [Option.PriorityBatch, true],
      [Option.PrioritySystemImmediate, true],
      [Option.LockAware, true],
      [Option.ReadLockAware, true],
      [Option.RawAccess, true],
      [Option.FirstInBatch, true],
      [Option.DebugTransactionIdentifier, draw.pick(['id', 'i*100', 'i*101', ''])],
      [Option.AutomaticIdempotency, true],
      [Option.ReadPriorityLow, true],
      [Option.ExpensiveClearCostEstimationEnable, true],
    ]
    const [code, value] = draw.pick(options)
    return { slot, op: 'option', code, value }
  }

  /** Only those that leave later streams alone. */
  #databaseOption(slot: number): Operation {
    const [code, value] = this.#draw.pick<[number, OptionData]>([
      [10, 1000],
      [10, 0],
      [20, 1_000_001],
      [20, -1],
      [21, 'machine'],
      [22, 'center'],
      [900, 101],
    ])
    return { slot, op: 'databaseOption', code, value }
  }

  #watch(slot: number): Operation {
    const draw = this.#draw
    const key = draw.pick(KEYS)
    if (draw.oneIn(3)) {
      const then = draw.pick(['cancel', 'reset', 'destroy'] as const)
      return { slot, op: 'watchPending', key, then }
    }
    const change = draw.pick(['set', 'clear', 'same', 'back', 'none'] as const)
    return { slot, op: 'watchChange', key, change }
  }

  /** An index at 'i', records at 'r', and a mapped read over both, some of it by this transaction. */
  #mapped(slot: number): Operation[] {
    const draw = this.#draw
    const text = (value: string) => `\x02${value}\0`
    const writes: Operation[] = []
    for (let i = 0; i < 3; i++) {
      writes.push({
        slot,
        op: 'set',
        key: text('i') + text(`n${i}`) + text(`p${i}`),
        value: text('v'),
      })
      writes.push({
        slot,
        op: 'set',
        key: text('r') + text(`p${i}`) + text('x'),
        value: `record ${i}`,
      })
    }
    const item = draw.pick(['{K[2]}', '{K[1]}', '{V[0]}', '{K[9]}', '{K[x]}', 'p1'])
    const tail = draw.pick([text('{...}'), '', text('x')])
    const mapper = draw.oneIn(6)
      ? draw.pick(['', 'no tuple', text('{...}') + text('r')])
      : text('r') + text(item) + tail
    const read: Operation = {
      slot,
      op: 'getMappedRange',
      begin: { key: text('i'), orEqual: false, offset: 1 },
      end: { key: '\x02j', orEqual: false, offset: 1 },
      ...this.#batch(),
      snapshot: draw.oneIn(2),
      mapper,
    }
    const begin: Operation = { slot, op: 'begin' }
    return draw.oneIn(4)
      ? [begin, ...writes, read]
      : [begin, ...writes, { slot, op: 'commit' }, begin, read]
  }

  #special(slot: number): Operation[] {
    const draw = this.#draw
    switch (draw.weighted({ keys: 2, system: 2, conflicting: 1 })) {
      case 'keys':
        return [{ slot, op: 'get', key: draw.pick(READABLE_SPECIAL), snapshot: draw.oneIn(2) }]
      case 'system':
        return [
          {
            slot,
            op: 'option',
            code: draw.pick([Option.AccessSystemKeys, Option.ReadSystemKeys]),
            value: true,
          },
          { slot, op: 'get', key: draw.pick(SYSTEM), snapshot: false },
          {
            slot,
            op: 'set',
            key: draw.pick([...WRITTEN_SYSTEM_KEYS, '\xff\xff']),
            value: 'x',
          },
          { slot, op: 'get', key: '\xff/fdbkit', snapshot: true },
        ]
      case 'conflicting':
        return [{ slot, op: 'conflictingKeys' }]
    }
  }

  #misuse(slot: number): Operation {
    const draw = this.#draw
    if (draw.oneIn(4)) return { slot, op: 'timeout', key: draw.pick(KEYS) }
    const second = draw.pick(['get', 'set', 'commit', 'reset', 'readVersion'] as const)
    return { slot, op: 'commitAndUse', key: draw.pick(KEYS), second }
  }
}
