/** Reads what a future held out of the bytes that the ring left. See native-callbacks/ring/completions/payload.h. */
import { Buffer } from 'node:buffer'

export type Selector = {
  readonly key: Uint8Array
  readonly orEqual: boolean
  readonly offset: number
}

/** A key and its value, as bytes. */
export type KeyValue = [key: Buffer, value: Buffer]

export interface RangeResult {
  /** Views of one block, made when they are first asked for. */
  readonly results: KeyValue[]
  /** There may be more in the range, behind the last key. */
  readonly more: boolean
  readonly count: number
  /** Of all keys and values together. */
  readonly bytes: number
  /** Undefined when there are none. */
  readonly lastKey: Buffer | undefined
}

export interface MappedKeyValue {
  readonly key: Buffer
  readonly value: Buffer
  /** What the mapper's range read found. */
  readonly results: KeyValue[]
  readonly begin: Selector
  readonly end: Selector
}

export interface MappedRangeResult {
  readonly results: MappedKeyValue[]
  readonly more: boolean
}

/** Keys from `begin` to before `end`. */
export interface KeyRange {
  /** The first key of the range, whether it has a value or not. */
  readonly begin: Buffer
  /** The first key behind the range. */
  readonly end: Buffer
}

/** What a blob granule has on blob storage: versions, and bytes. */
export interface GranuleSummary extends KeyRange {
  /** The version of its snapshot file. */
  readonly snapshotVersion: bigint
  /** Bytes of the snapshot file. */
  readonly snapshotSize: bigint
  /** The version that its delta files reach. */
  readonly deltaVersion: bigint
  /** Bytes of the delta files. */
  readonly deltaSize: bigint
}

/** A part of a file on blob storage. */
export interface GranuleFile {
  /** Below the place that the cluster was given for its files. */
  readonly name: string
  /** Where the part begins, in bytes. */
  readonly offset: number
  /** Bytes of the part. */
  readonly length: number
  /** Bytes of the whole file. */
  readonly fileLength: number
  /** Of the snapshot, or of the last change in it. */
  readonly version: bigint
  /** It is encrypted: the client can't read it. */
  readonly encrypted: boolean
}

/** A set of a key to a value, or a clear from one key to another. */
export interface GranuleMutation {
  readonly version: bigint
  readonly isClear: boolean
  readonly first: Buffer
  readonly second: Buffer
}

/** What a blob granule is made of: a snapshot, files of changes after it, and changes still in memory. */
export interface GranuleDescription extends KeyRange {
  readonly snapshot: GranuleFile | undefined
  readonly deltas: GranuleFile[]
  readonly mutations: GranuleMutation[]
  /** What the keys in the files begin with; empty outside of tenants. */
  readonly tenantPrefix: Buffer
}

/** Bytes in native memory: `bytes[begin]` to `bytes[begin + length]`; valid until the reader returns. */
export type PayloadReader = (bytes: Uint8Array, begin: number, length: number) => unknown

/** A length that says there is no value. */
export const ABSENT = -1
/** A length that says the payload is still in its future. */
export const LARGE = -2

/** Up to here a loop is faster than a call. */
const COPY_BY_LOOP = 32

export function readNothing(): undefined {
  return undefined
}

export function readInt64(bytes: Uint8Array, begin: number): bigint {
  return view(bytes).getBigInt64(begin, true)
}

export function readUint64(bytes: Uint8Array, begin: number): bigint {
  return view(bytes).getBigUint64(begin, true)
}

export function readDouble(bytes: Uint8Array, begin: number): number {
  return view(bytes).getFloat64(begin, true)
}

export function readBool(bytes: Uint8Array, begin: number): boolean {
  return readUint64(bytes, begin) !== 0n
}

/** A copy of its own. */
export function readBytes(bytes: Uint8Array, begin: number, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length)
  if (length <= COPY_BY_LOOP) {
    for (let i = 0; i < length; i++) copy[i] = bytes[begin + i] as number
  } else {
    copy.set(bytes.subarray(begin, begin + length))
  }
  return copy
}

export function readValue(bytes: Uint8Array, begin: number, length: number): Buffer | undefined {
  return length === ABSENT ? undefined : readBytes(bytes, begin, length)
}

/** Up to here the values of one answer share its memory; above, each has its own, so that none keeps much alive. */
const MOST_SHARED_BYTES = 1 << 16

/** As many as were asked for; undefined where there is none. */
export function readValues(
  bytes: Uint8Array,
  begin: number,
  length: number,
): (Buffer | undefined)[] {
  const copy = ownCopy(bytes, begin, length)
  const count = copy.readInt32LE(0)
  const { buffer, byteOffset } = copy
  const lengths = new Int32Array(buffer, byteOffset + BLOCK_HEADS * ROW_NUMBER_BYTES, count)
  let at = byteOffset + (BLOCK_HEADS + count) * ROW_NUMBER_BYTES
  const values = new Array<Buffer | undefined>(count).fill(undefined)
  for (let i = 0; i < count; i++) {
    const bytesOfValue = lengths[i] as number
    if (bytesOfValue === ABSENT) continue
    const value = Buffer.from(buffer, at, bytesOfValue)
    values[i] = length > MOST_SHARED_BYTES ? Buffer.from(value) : value
    at += bytesOfValue
  }
  return values
}

export function readKeyValues(bytes: Uint8Array, begin: number, length: number): RangeResult {
  return new RangeBlock(ownCopy(bytes, begin, length))
}

export function readKeys(bytes: Uint8Array, begin: number, length: number): Buffer[] {
  const row = new Row(bytes, begin, length)
  const count = row.number()
  row.number()
  row.skipHeads(count)
  return Array.from({ length: count }, () => row.part())
}

export function readStrings(bytes: Uint8Array, begin: number, length: number): string[] {
  return readKeys(bytes, begin, length).map((part) => part.toString())
}

export function readKeyRanges(bytes: Uint8Array, begin: number, length: number): KeyRange[] {
  const row = new Row(bytes, begin, length)
  const count = row.number()
  row.number()
  row.skipHeads(2 * count)
  return Array.from({ length: count }, () => ({ begin: row.part(), end: row.part() }))
}

export function readGranuleSummaries(
  bytes: Uint8Array,
  begin: number,
  length: number,
): GranuleSummary[] {
  const row = new Row(bytes, begin, length)
  const count = row.number()
  row.number()
  row.skipHeads(3 * count)
  return Array.from({ length: count }, () => {
    const range = { begin: row.part(), end: row.part() }
    const numbers = row.part()
    return {
      ...range,
      snapshotVersion: numbers.readBigInt64LE(0),
      snapshotSize: numbers.readBigInt64LE(8),
      deltaVersion: numbers.readBigInt64LE(16),
      deltaSize: numbers.readBigInt64LE(24),
    }
  })
}

/** The numbers and lengths of a granule without delta files and mutations. */
const HEADS_OF_GRANULE = 9

export function readGranuleDescriptions(
  bytes: Uint8Array,
  begin: number,
  length: number,
): GranuleDescription[] {
  const row = new Row(bytes, begin, length)
  const count = row.number()
  row.number()
  let heads = 0
  for (let i = 0; i < count; i++) {
    heads += HEADS_OF_GRANULE + 3 * row.peek(heads) + 4 * row.peek(heads + 1)
  }
  row.skipHeads(heads)
  return Array.from({ length: count }, () => readGranule(row))
}

function readGranule(row: Row): GranuleDescription {
  const [deltas, mutations, hasSnapshot] = [row.number(), row.number(), row.number() !== 0]
  const range = { begin: row.part(), end: row.part() }
  const snapshot = readGranuleFile(row)
  return {
    ...range,
    snapshot: hasSnapshot ? snapshot : undefined,
    tenantPrefix: row.part(),
    deltas: Array.from({ length: deltas }, () => readGranuleFile(row)),
    mutations: Array.from({ length: mutations }, () => readGranuleMutation(row)),
  }
}

function readGranuleFile(row: Row): GranuleFile {
  const encrypted = row.number() !== 0
  const name = row.part().toString()
  const numbers = row.part()
  const number = (at: number): number => Number(numbers.readBigInt64LE(8 * at))
  return {
    name,
    offset: number(0),
    length: number(1),
    fileLength: number(2),
    version: numbers.readBigInt64LE(24),
    encrypted,
  }
}

function readGranuleMutation(row: Row): GranuleMutation {
  const isClear = row.number() !== 0
  const version = row.part().readBigInt64LE(0)
  return { version, isClear, first: row.part(), second: row.part() }
}

export function readMappedKeyValues(
  bytes: Uint8Array,
  begin: number,
  length: number,
): MappedRangeResult {
  const row = new Row(bytes, begin, length)
  const count = row.number()
  const more = row.number() !== 0
  row.skipHeads(headsOfMapped(row, count))
  return { results: Array.from({ length: count }, () => readMapped(row)), more }
}

function readMapped(row: Row): MappedKeyValue {
  const key = row.part()
  const value = row.part()
  const begin = readSelector(row)
  const end = readSelector(row)
  const results = row.keyValues(row.number())
  return { key, value, results, begin, end }
}

function readSelector(row: Row): Selector {
  const orEqual = row.number() !== 0
  const offset = row.number()
  return { key: row.part(), orEqual, offset }
}

/** Key and value, two selectors of three numbers, a count, and two for each of the pairs. */
function headsOfMapped(row: Row, count: number): number {
  let heads = 0
  for (let i = 0; i < count; i++) heads += 9 + 2 * row.peek(heads + 8)
  return heads
}

const ROW_NUMBER_BYTES = 4
/** Of a batch of a range: how many pairs, and whether there are more. */
const BLOCK_HEADS = 2

/** A copy, which a row that was fetched for itself is already. */
function ownCopy(bytes: Uint8Array, begin: number, length: number): Buffer {
  return bytes instanceof Buffer && bytes.length === length
    ? (bytes as Buffer)
    : Buffer.from(bytes.subarray(begin, begin + length))
}

/** A batch of a range: its numbers, then the bytes of all keys and values, one behind the other. */
class RangeBlock implements RangeResult {
  readonly count: number
  readonly more: boolean
  readonly #block: Buffer
  /** Two lengths a pair. */
  readonly #lengths: Int32Array
  #results: KeyValue[] | undefined

  constructor(block: Buffer) {
    this.#block = block
    this.count = block.readInt32LE(0)
    this.more = block.readInt32LE(ROW_NUMBER_BYTES) !== 0
    // A copy of the block begins at a word: it has memory of its own, or a place in the pool, which keeps to words.
    const first = block.byteOffset + BLOCK_HEADS * ROW_NUMBER_BYTES
    this.#lengths = new Int32Array(block.buffer, first, 2 * this.count)
  }

  get bytes(): number {
    return this.#block.length - this.#headBytes
  }

  get lastKey(): Buffer | undefined {
    if (this.count === 0) return undefined
    const lengths = this.#lengths
    const end = this.#block.length - (lengths[lengths.length - 1] as number)
    return this.#block.subarray(end - (lengths[lengths.length - 2] as number), end)
  }

  get results(): KeyValue[] {
    return (this.#results ??= this.#cut())
  }

  get #headBytes(): number {
    return (BLOCK_HEADS + this.#lengths.length) * ROW_NUMBER_BYTES
  }

  #cut(): KeyValue[] {
    const lengths = this.#lengths
    const { buffer, byteOffset } = this.#block
    const pairs: KeyValue[] = new Array<KeyValue>(this.count)
    let at = byteOffset + this.#headBytes
    for (let i = 0; i < pairs.length; i++) {
      const keyBytes = lengths[2 * i] as number
      const valueBytes = lengths[2 * i + 1] as number
      pairs[i] = [Buffer.from(buffer, at, keyBytes), Buffer.from(buffer, at + keyBytes, valueBytes)]
      at += keyBytes + valueBytes
    }
    return pairs
  }
}

/** A copy of a row, whose parts are slices of the one copy. */
class Row {
  readonly #copy: Buffer
  #head = 0
  #body = 0

  constructor(bytes: Uint8Array, begin: number, length: number) {
    this.#copy = ownCopy(bytes, begin, length)
  }

  number(): number {
    const value = this.#copy.readInt32LE(this.#head)
    this.#head += ROW_NUMBER_BYTES
    return value
  }

  /** The number that comes `ahead` numbers later. */
  peek(ahead: number): number {
    return this.#copy.readInt32LE(this.#head + ahead * ROW_NUMBER_BYTES)
  }

  /** The bytes of the parts begin behind so many more numbers. */
  skipHeads(count: number): void {
    this.#body = this.#head + count * ROW_NUMBER_BYTES
  }

  part(): Buffer {
    const begin = this.#body
    this.#body += this.number()
    return this.#copy.subarray(begin, this.#body)
  }

  keyValues(count: number): KeyValue[] {
    const pairs: KeyValue[] = new Array<KeyValue>(count)
    for (let i = 0; i < count; i++) pairs[i] = [this.part(), this.part()]
    return pairs
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
