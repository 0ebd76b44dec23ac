// What calls itself a Uint8Array: lengths that lie, proxies, other realms, buffers that are gone, too many bytes. Every call
// that takes bytes goes by what is really there, or says what is wrong before anything is written.
import vm from 'node:vm'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { FDBError, MutationType, encoders, keySelector, tuple } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { openBackend, emptyScope } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())
const raw = emptyScope(db, 'hostile-bytes')
const root = db.getRoot()
const at = raw.getPrefix()

const real = (text: string): Buffer => Buffer.concat([at, Buffer.from(text)])

/** Ways to lie about the bytes that are there; each is taken for what it really holds. */
const LIARS: Record<string, (bytes: Buffer) => Uint8Array> = {
  'a subclass with a longer length': (bytes) => lying(bytes, 1_000_000),
  'a subclass with a shorter length': (bytes) => lying(bytes, 1),
  'a subclass with a negative length': (bytes) => lying(bytes, -5),
  'a subclass with no number as length': (bytes) => lying(bytes, NaN),
  'a length of its own': (bytes) => Object.defineProperty(bytes, 'length', { value: 4096 }),
  'a byteLength of its own': (bytes) => Object.defineProperty(bytes, 'byteLength', { value: 9 }),
  'a length that changes': (bytes) => {
    let count = 0
    return Object.defineProperty(bytes, 'length', { get: () => (count++ % 2) * 50_000 })
  },
  'methods of its own': (bytes) =>
    Object.assign(bytes, {
      subarray: () => Buffer.from('not mine'),
      includes: () => false,
      set: () => undefined,
    }),
  'an array of another realm': (bytes) =>
    vm.runInNewContext('new Uint8Array(bytes)', { bytes: [...bytes] }) as Uint8Array,
  'shared memory': (bytes) => {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    return shared
  },
  'a part of a buffer that can grow': (bytes) => {
    const growing = growable(bytes.length + 8)
    const part = new Uint8Array(growing, 8)
    part.set(bytes)
    return part
  },
}

interface Growable extends ArrayBuffer {
  resize(length: number): void
}

/** The compiler's library does not know them yet. */
function growable(length: number): Growable {
  const make = ArrayBuffer as unknown as new (length: number, options: object) => Growable
  return new make(length, { maxByteLength: 4096 })
}

function lying(bytes: Buffer, length: number): Uint8Array {
  class Liar extends Uint8Array {
    override get length(): number {
      return length
    }
  }
  const liar = new Liar(bytes.byteLength)
  Uint8Array.prototype.set.call(liar, bytes)
  return liar
}

/** What is refused, before anything is written. */
const REFUSED: Record<string, () => Uint8Array> = {
  'a proxy': () => new Proxy(new Uint8Array(3), {}),
  'an object that only looks like one': () => Object.create(Uint8Array.prototype) as Uint8Array,
  'an array of 16 bits': () => new Uint16Array(3) as unknown as Uint8Array,
  'a view of anything': () => new DataView(new ArrayBuffer(4)) as unknown as Uint8Array,
  'a buffer that was transferred': () => transferred(new Uint8Array(8)),
  'a buffer that has shrunk': () => {
    const buffer = growable(16)
    const part = new Uint8Array(buffer, 8, 8)
    buffer.resize(4)
    return part
  },
  '5 MiB': () => new Uint8Array(5 * 1024 * 1024),
  '2 GiB': () => new Uint8Array(2 ** 31),
  '4 GiB': () => new Uint8Array(2 ** 32),
}

function transferred(bytes: Uint8Array): Uint8Array {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] })
  return bytes
}

/** Every call of a transaction that takes bytes, with the bytes as one of its arguments. */
const CALLS: Record<string, (tn: Transaction, bytes: Uint8Array) => unknown> = {
  get: (tn, key) => tn.get(key),
  exists: (tn, key) => tn.exists(key),
  getKey: (tn, key) => tn.getKey(keySelector.firstGreaterOrEqual(key)),
  'getRangeAll from': (tn, key) => tn.getRangeAll(key, real('~')),
  'getRangeAll to': (tn, key) => tn.getRangeAll(at, key),
  'getRangeRaw to': (tn, key) =>
    tn.native.getRange(keySelector.from(at), keySelector.firstGreaterOrEqual(key)),
  'getMappedRange by': (tn, mapper) => tn.native.getMappedRange(at, real('~'), mapper),
  'set key': (tn, key) => tn.set(key, 'v'),
  'set value': (tn, value) => tn.set(real('written'), value),
  clear: (tn, key) => tn.clear(key),
  'clearRange from': (tn, key) => tn.clearRange(key, real('~')),
  'clearRange to': (tn, key) => tn.clearRange(at, key),
  'add key': (tn, key) => tn.atomicOp(MutationType.Add, key, '1'),
  'add value': (tn, value) => tn.atomicOp(MutationType.Add, real('written'), value),
  setVersionstampSuffixedKey: (tn, key) => tn.versionstamps.setSuffixedKey(key, 'v'),
  'setVersionstampSuffixedKey suffix': (tn, suffix) =>
    tn.versionstamps.setSuffixedKey(real('s'), 'v', suffix),
  addReadConflictRange: (tn, key) => tn.conflicts.addReadRange(at, key),
  addWriteConflictKey: (tn, key) => tn.conflicts.addWriteKey(key),
  watch: (tn, key) => tn.watch(key).promise,
  getEstimatedRangeSizeBytes: (tn, key) => tn.locality.getEstimatedSize(key, real('~')),
  getRangeSplitPoints: (tn, key) => tn.locality.getSplitPoints(at, key, 1000),
  getAddressesForKey: (tn, key) => tn.locality.getAddresses(key),
  'at a prefix': (tn, prefix) => tn.at(root.at(prefix)).get('a'),
  'behind a prefix': (tn, key) => tn.at(raw).get(key),
  'a tuple': (tn, item) => tn.withKeyEncoding(encoders.tuple).get([item]),
  'a tag': (tn, tag) => tn.setOption('debug_transaction_identifier', tag),
}

describe.each(Object.keys(REFUSED))('%s', (name) => {
  const make = REFUSED[name]!

  test.each(Object.keys(CALLS))('is refused by %s', async (call) => {
    const tn = root.createTransaction()
    try {
      const refusal = await attempt(() => CALLS[call]!(tn, make()))
      expect(refusal).toBeInstanceOf(Error)
      expect(refusal).not.toBeInstanceOf(FDBError)
      expect(['TypeError', 'RangeError']).toContain((refusal as Error).name)
      await tn.commit()
      // Nothing was written: there was nothing to commit.
      expect(tn.getCommittedVersion()).toBe(-1n)
    } finally {
      tn.close()
    }
  })
})

async function attempt(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}

describe('what lies about its length', () => {
  const liar = fc.constantFrom(...Object.keys(LIARS))
  const content = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes))

  test('is stored, found and cleared as what it is', async () => {
    await fc.assert(
      fc.asyncProperty(liar, liar, content, content, async (keyLiar, valueLiar, bytes, value) => {
        const key = Buffer.concat([at, bytes])
        const lie = (): Uint8Array => LIARS[keyLiar]!(Buffer.from(key))
        await root.doTransaction((tn) => {
          tn.set(real('before'), 'x'.repeat(300))
          tn.set(lie(), LIARS[valueLiar]!(Buffer.from(value)))
        })
        expect(await root.get(key)).toEqual(value)
        expect(await root.get(lie())).toEqual(value)
        expect(await raw.get(LIARS[keyLiar]!(Buffer.from(bytes)))).toEqual(value)
        expect(await root.getRangeAll(lie(), Buffer.concat([key, Buffer.of(0)]))).toEqual([
          [key, value],
        ])
        await root.doTransaction((tn) => tn.clear(lie()))
        expect(await root.get(key)).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })

  test('is packed into tuples, and unpacked, as what it is', () => {
    fc.assert(
      fc.property(liar, content, (name, bytes) => {
        const lie = (from: Buffer): Uint8Array => LIARS[name]!(Buffer.from(from))
        const packed = tuple.pack(['before', bytes, 'behind'])
        expect(tuple.pack(['before', lie(bytes), 'behind'])).toEqual(packed)
        expect(tuple.unpack(lie(packed))).toEqual(['before', bytes, 'behind'])
        expect(tuple.packPrefixed(lie(bytes), [1])).toEqual(tuple.packPrefixed(bytes, [1]))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a buffer that is transferred after the call', () => {
  test('was copied, and its read gives its value', async () => {
    await root.set(real('moved'), 'here')
    const key = new Uint8Array(real('moved'))
    await root.doTransaction(async (tn) => {
      const value = tn.get(key)
      transferred(key)
      expect(String(await value)).toBe('here')
    })
  })

  test('leaves the error of its call to be told', async () => {
    const tn = root.createTransaction()
    const key = new Uint8Array(real('moved'))
    tn.cancel()
    const waits = [tn.get(key).then(), tn.watch(key, { throwAllErrors: true }).promise]
    transferred(key)
    for (const { status, ...rest } of await Promise.allSettled(waits)) {
      expect(status).toBe('rejected')
      const { reason } = rest as PromiseRejectedResult
      expect(reason).toBeInstanceOf(FDBError)
      expect((reason as FDBError).code).toBe(1025)
      expect((reason as FDBError).message).toMatch(/a key whose buffer was transferred since/)
    }
    tn.close()
  })
})

describe('what reads the bytes of an item while a tuple is packed', () => {
  test('may pack others meanwhile', () => {
    const nested = fc.letrec<{ item: unknown; tuple: unknown[] }>((tie) => ({
      item: fc.oneof(
        fc.string(),
        fc.integer(),
        fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
        fc.double({ noNaN: true }),
        tie('tuple'),
      ),
      tuple: fc.array(tie('item'), { maxLength: 4 }),
    })).tuple
    fc.assert(
      fc.property(nested, nested, (outer, inner) => {
        const expected = tuple.pack(outer as never)
        const meanwhile = (): void => void tuple.pack([inner, 'meanwhile'] as never)
        expect(tuple.pack(interrupted(outer, meanwhile) as never)).toEqual(expected)
      }),
    )
  })
})

/** The same items, behind getters that run something else each time. */
function interrupted(items: readonly unknown[], meanwhile: () => void): unknown[] {
  const same: unknown[] = []
  for (const [i, item] of items.entries()) {
    const value = Array.isArray(item) ? interrupted(item, meanwhile) : item
    Object.defineProperty(same, i, {
      enumerable: true,
      get: () => {
        meanwhile()
        return value
      },
    })
  }
  return same
}
