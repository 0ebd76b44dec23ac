// What the ring leaves of a result, read back: any content, at any place of the shared memory, or as memory of its own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as payload from '../../src/future/port/payload.ts'
import type {
  GranuleDescription,
  GranuleFile,
  PayloadReader,
} from '../../src/future/port/payload.ts'

/** Writes a row: see native-callbacks/ring/completions/payload.h. */
class Row {
  readonly #heads: number[]
  readonly #bodies: Uint8Array[] = []

  constructor(count: number, more = false) {
    this.#heads = [count, more ? 1 : 0]
  }

  number(value: number | boolean): this {
    this.#heads.push(Number(value))
    return this
  }

  part(bytes: Uint8Array): this {
    this.#bodies.push(bytes)
    return this.number(bytes.length)
  }

  wide(...numbers: bigint[]): this {
    return this.part(new Uint8Array(BigInt64Array.from(numbers).buffer))
  }

  /** A value that is not there. */
  absent(): this {
    return this.number(payload.ABSENT)
  }

  get bytes(): Buffer {
    return Buffer.concat([new Uint8Array(Int32Array.from(this.#heads).buffer), ...this.#bodies])
  }
}

const anyBytes = fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes))
const anyInt64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 5 })
const anyPair = fc.tuple(anyBytes, anyBytes)
const anyRange = { begin: anyBytes, end: anyBytes }

/** In the midst of other bytes, which are overwritten once it is read; and as all of a buffer. */
function readBack(reader: PayloadReader, bytes: Buffer, before: number): unknown[] {
  const shared = new Uint8Array(before + bytes.length + 9).fill(0xa5)
  shared.set(bytes, before)
  const inTheMidst = reader(shared, before, bytes.length)
  shared.fill(0x5a)
  return [inTheMidst, reader(Buffer.from(bytes), 0, bytes.length)]
}

/** Of every content the reader gives what `seen` says; `seen` makes plain what is made when it is asked for. */
function holds<T>(
  reader: PayloadReader,
  content: fc.Arbitrary<T>,
  write: (content: T) => Buffer,
  seen: (read: unknown) => unknown = (read) => read,
): void {
  fc.assert(
    fc.property(content, fc.nat({ max: 40 }), (expected, before) => {
      for (const read of readBack(reader, write(expected), before)) {
        expect(seen(read)).toEqual(expected)
      }
    }),
  )
}

function holdsOfRows<T>(
  reader: PayloadReader,
  item: fc.Arbitrary<T>,
  write: (row: Row, item: T) => void,
): void {
  holds(reader, some(item), (items) => {
    const row = new Row(items.length)
    for (const one of items) write(row, one)
    return row.bytes
  })
}

const anyFile: fc.Arbitrary<GranuleFile> = fc.record({
  name: fc.string({ maxLength: 20 }).map((name) => Buffer.from(name).toString()),
  offset: fc.maxSafeNat(),
  length: fc.maxSafeNat(),
  fileLength: fc.maxSafeNat(),
  version: anyInt64,
  encrypted: fc.boolean(),
})
const anyMutation = fc.record({
  version: anyInt64,
  isClear: fc.boolean(),
  first: anyBytes,
  second: anyBytes,
})
const anyDescription: fc.Arbitrary<GranuleDescription> = fc.record({
  ...anyRange,
  snapshot: fc.option(anyFile, { nil: undefined }),
  tenantPrefix: anyBytes,
  deltas: some(anyFile),
  mutations: some(anyMutation),
})
const NO_FILE: GranuleFile = {
  ...{ name: '', offset: 0, length: 0, fileLength: 0, version: 0n },
  encrypted: false,
}

function writeFile(row: Row, file: GranuleFile): void {
  const { name, offset, length, fileLength, version, encrypted } = file
  row.number(encrypted).part(Buffer.from(name))
  row.wide(BigInt(offset), BigInt(length), BigInt(fileLength), version)
}

function writeDescription(row: Row, granule: GranuleDescription): void {
  const { snapshot, deltas, mutations } = granule
  row
    .number(deltas.length)
    .number(mutations.length)
    .number(snapshot !== undefined)
  row.part(granule.begin).part(granule.end)
  writeFile(row, snapshot ?? NO_FILE)
  row.part(granule.tenantPrefix)
  for (const file of deltas) writeFile(row, file)
  for (const { isClear, version, first, second } of mutations) {
    row.number(isClear).wide(version).part(first).part(second)
  }
}

describe('numbers', () => {
  const view = (set: (view: DataView) => void): Buffer => {
    const bytes = Buffer.alloc(8)
    set(new DataView(bytes.buffer, bytes.byteOffset))
    return bytes
  }

  test('are read to the last bit', () => {
    holds(payload.readInt64, anyInt64, (n) => view((v) => v.setBigInt64(0, n, true)))
    const unsigned = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    holds(payload.readUint64, unsigned, (n) => view((v) => v.setBigUint64(0, n, true)))
    holds(payload.readDouble, fc.double(), (n) => view((v) => v.setFloat64(0, n, true)))
    holds(payload.readBool, fc.boolean(), (yes) => Buffer.from([yes ? 1 : 0, 0, 0, 0, 0, 0, 0, 0]))
  })
})

describe('bytes', () => {
  test('are a copy of their own', () => {
    holds(payload.readBytes, anyBytes, (bytes) => bytes)
    holds(payload.readValue, anyBytes, (bytes) => bytes)
  })

  test('that are not there are told from none', () => {
    expect(payload.readValue(new Uint8Array(8), 0, payload.ABSENT)).toBeUndefined()
    expect(payload.readValue(new Uint8Array(8), 0, 0)).toEqual(Buffer.alloc(0))
    expect(payload.readNothing()).toBeUndefined()
  })
})

describe('rows', () => {
  test('of values, some of which are not there', () => {
    holdsOfRows(payload.readValues, fc.option(anyBytes, { nil: undefined }), (row, value) =>
      value === undefined ? row.absent() : row.part(value),
    )
  })

  test('of keys, texts and ranges', () => {
    holdsOfRows(payload.readKeys, anyBytes, (row, key) => row.part(key))
    const text = fc.string().map((made) => Buffer.from(made).toString())
    holdsOfRows(payload.readStrings, text, (row, one) => row.part(Buffer.from(one)))
    holdsOfRows(payload.readKeyRanges, fc.record(anyRange), (row, { begin, end }) =>
      row.part(begin).part(end),
    )
  })

  test('of pairs, with what a batch of a range says of itself', () => {
    const batch = fc.record({ results: some(anyPair), more: fc.boolean() })
    const measured = batch.map(({ results, more }) => ({
      results,
      more,
      count: results.length,
      bytes: results.reduce((sum, [key, value]) => sum + key.length + value.length, 0),
      lastKey: results.at(-1)?.[0],
    }))
    const write = ({ results, more }: { results: [Buffer, Buffer][]; more: boolean }): Buffer => {
      const row = new Row(results.length, more)
      for (const [key, value] of results) row.part(key).part(value)
      return row.bytes
    }
    holds(payload.readKeyValues, measured, write, (read) => {
      const { results, more, count, bytes, lastKey } = read as payload.RangeResult
      return { results, more, count, bytes, lastKey }
    })
  })

  test('of mapped pairs', () => {
    const selector = fc.record({
      key: anyBytes,
      orEqual: fc.boolean(),
      offset: fc.integer(),
    })
    const mapped = fc.record({
      ...{ key: anyBytes, value: anyBytes, results: some(anyPair) },
      ...{ begin: selector, end: selector },
    })
    const batch = fc.record({ results: some(mapped), more: fc.boolean() })
    holds(payload.readMappedKeyValues, batch, ({ results, more }) => {
      const row = new Row(results.length, more)
      for (const { key, value, results: pairs, begin, end } of results) {
        row.part(key).part(value)
        for (const { key: at, orEqual, offset } of [begin, end]) {
          row.number(orEqual).number(offset).part(at)
        }
        row.number(pairs.length)
        for (const [first, second] of pairs) row.part(first).part(second)
      }
      return row.bytes
    })
  })

  test('of granules: what they have on blob storage, and what they are made of', () => {
    const summary = fc.record({
      ...anyRange,
      ...{ snapshotVersion: anyInt64, snapshotSize: anyInt64 },
      ...{ deltaVersion: anyInt64, deltaSize: anyInt64 },
    })
    holdsOfRows(payload.readGranuleSummaries, summary, (row, granule) => {
      const { snapshotVersion, snapshotSize, deltaVersion, deltaSize } = granule
      row.part(granule.begin).part(granule.end)
      row.wide(snapshotVersion, snapshotSize, deltaVersion, deltaSize)
    })
    holdsOfRows(payload.readGranuleDescriptions, anyDescription, writeDescription)
  })
})
