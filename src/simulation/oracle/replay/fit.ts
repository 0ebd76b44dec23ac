/** Whether what an attempt has read is what is there. */
import { readMappedKeyValues, readKeyValues } from '../../../future/port/payload.ts'
import { MutationType } from '../../../native/generated/mutation-type.ts'
import type { ByteMap } from '../model/byte-map.ts'
import { countOf, END, keyOf, rowsOf, type KeySelector, type Row } from '../model/reads.ts'
import { digestOf } from '../records/answers.ts'
import {
  isWrite,
  type Answer,
  type Attempt,
  type Operation,
  type RangeRead,
  type Read,
} from '../records/attempt.ts'
import { shownKey, shownValue } from './finding.ts'
import { applyTo, isReadable } from './state.ts'

/** A read that does not fit, and the first key where. */
export interface Misfit {
  readonly read: Read
  readonly key: string
  /** Keys of which any can be why, with both ends. */
  readonly from: string
  readonly to: string
  readonly gave: string
  readonly expected: string
}

/** Reads of the attempt, among those that `asks` names, that do not fit the state; its own writes come on top. */
export function misfitsOf(attempt: Attempt, map: ByteMap, asks: (read: Read) => boolean): Misfit[] {
  const reads = attempt.operations.filter((each) => isChecked(attempt, each))
  const asked = new Set(reads.filter(asks))
  if (asked.size === 0) return []
  const misfits: Misfit[] = []
  const check = (read: Read): void => {
    const misfit = misfitOf(read, map)
    if (misfit !== undefined) misfits.push(misfit)
  }
  for (const read of asked) if (!read.seesOwn) check(read)
  map.tentatively(() => {
    for (const operation of attempt.operations) {
      if (!isWrite(operation)) {
        if (operation.seesOwn && asked.has(operation)) check(operation)
      } else if (isReadable(operation)) applyTo(map, operation)
    }
  })
  return misfits
}

/** Users' keys alone are in the model, and what a transaction can know before it is committed. */
export function isChecked(attempt: Attempt, read: Operation): read is Read {
  if (isWrite(read) || read.answer === undefined) return false
  const writes = read.seesOwn ? attempt.operations.filter(isWrite) : []
  if (attempt.readsBeyond && writes.some((write) => !isReadable(write))) return false
  if (read.what === 'get') return read.key < END
  // A client counts a key for one that is there while it does not know yet that its own write clears it.
  if (writes.some(({ type }) => type === MutationType.CompareAndClear)) return false
  const isUsers = ({ key }: KeySelector): boolean => (attempt.readsBeyond ? key < END : key <= END)
  if (read.what === 'getKey') return isUsers(read.selector) && !attempt.readsBeyond
  if (!isUsers(read.begin) || !(read.end.key <= END)) return false
  // With a large answer there is only a digest, which tells nothing of what the mapper read.
  if (read.what === 'getMappedRange' && read.answer.bytes === undefined) return false
  return !attempt.readsBeyond || (isPlain(read.begin) && isPlain(read.end))
}

function isPlain({ offset }: KeySelector): boolean {
  return offset === 1
}

function misfitOf(read: Read, map: ByteMap): Misfit | undefined {
  const answer = read.answer as Answer
  if (read.what === 'get') {
    const value = map.get(read.key)
    if (isSame(answer, value)) return undefined
    const gave = answer.digest === undefined ? shownValue(answer.bytes) : 'a large value'
    return { read, ...keyAlone(read.key), gave, expected: shownValue(value) }
  }
  if (read.what === 'getKey') {
    const key = keyOf(map, read.selector)
    const found = answer.bytes?.toString('latin1') ?? ''
    if (key === found || answer.bytes === undefined) return undefined
    const [from, , to] = [key, found, read.selector.key].sort() as [string, string, string]
    const first = key < found ? key : found
    return { read, key: first, from, to, gave: shownKey(found), expected: shownKey(key) }
  }
  return read.what === 'getRange' ? rangeMisfit(read, answer, map) : mappedMisfit(read, answer, map)
}

function isSame(answer: Answer, value: Buffer | undefined): boolean {
  if (answer.digest !== undefined) return value !== undefined && digestOf(value) === answer.digest
  if (answer.bytes === undefined || value === undefined) return answer.bytes === value
  return answer.bytes.equals(value)
}

function rangeMisfit(read: RangeRead, answer: Answer, map: ByteMap): Misfit | undefined {
  const rows = rowsOf(map, read, answer.count)
  if (answer.bytes === undefined) {
    if (digestOf(payloadOf(rows, answer.more)) === answer.digest)
      return endMisfit(read, answer, map)
    const key = rows[0]?.[0] ?? read.begin.key
    const gave = `${answer.count} rows, which differ somewhere`
    return { read, ...wholeRange(read, key), gave, expected: `${rows.length} rows` }
  }
  const found = readKeyValues(answer.bytes, 0, answer.bytes.length).results.map(
    ([key, value]): Row => [key.toString('latin1'), value],
  )
  return rowMisfit(read, found, rows) ?? endMisfit(read, answer, map)
}

function rowMisfit(
  read: RangeRead,
  found: readonly Row[],
  rows: readonly Row[],
): Misfit | undefined {
  const at = found.findIndex(([key, value], i) => {
    const row = rows[i]
    return row === undefined || row[0] !== key || !row[1].equals(value)
  })
  if (at < 0) return undefined
  const [gave, expected] = [found[at], rows[at]]
  const key = firstOf(read, gave?.[0], expected?.[0])
  const [shown, due] = [shownRow(gave, at), shownRow(expected, at)]
  return { read, ...within(read, key), gave: shown, expected: due }
}

/** The range ended, and there was more. */
function endMisfit(read: RangeRead, answer: Answer, map: ByteMap): Misfit | undefined {
  const isWhole = !answer.more && (read.limit <= 0 || answer.count < read.limit)
  if (!isWhole || countOf(map, read) <= answer.count) return undefined
  const next = rowsOf(map, read, answer.count + 1)[answer.count] as Row
  const expected = shownRow(next, answer.count)
  return { read, ...within(read, next[0]), gave: shownRow(undefined, answer.count), expected }
}

function mappedMisfit(read: RangeRead, answer: Answer, map: ByteMap): Misfit | undefined {
  const bytes = answer.bytes as Buffer
  const mapped = readMappedKeyValues(bytes, 0, bytes.length).results
  const found = mapped.map(({ key, value }): Row => [key.toString('latin1'), value])
  const misfit = rowMisfit(read, found, rowsOf(map, read, found.length))
  if (misfit !== undefined) return misfit
  for (const { begin, end, results } of mapped) {
    const inner = results.map(([key, value]): Row => [key.toString('latin1'), value])
    const query = { begin: textSelector(begin), end: textSelector(end), reverse: false }
    const innerMisfit = rowMisfit(read, inner, rowsOf(map, query, inner.length))
    if (innerMisfit !== undefined) return innerMisfit
  }
  return endMisfit(read, answer, map)
}

type Place = Pick<Misfit, 'key' | 'from' | 'to'>

const keyAlone = (key: string): Place => ({ key, from: key, to: key })

/** Where the ends are keys, the first row that differs is why; else a key that an end was counted over can be. */
const within = (read: RangeRead, key: string): Place =>
  isPlain(read.begin) && isPlain(read.end) ? keyAlone(key) : wholeRange(read, key)

function wholeRange({ begin, end }: RangeRead, key: string): Place {
  const isWhole = isPlain(begin) && isPlain(end)
  return { key, from: isWhole ? begin.key : '', to: isWhole ? end.key : END }
}

function textSelector(
  selector: Omit<KeySelector, 'key'> & { readonly key: Uint8Array },
): KeySelector {
  return { ...selector, key: Buffer.from(selector.key).toString('latin1') }
}

/** Of two keys at one place of a range, the one that comes first in it. */
function firstOf(read: Read, a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined) return a ?? b ?? ''
  const isReverse = read.what !== 'get' && read.what !== 'getKey' && read.reverse
  return a < b !== isReverse ? a : b
}

function shownRow(row: Row | undefined, at: number): string {
  const what = row === undefined ? 'nothing more' : `${shownKey(row[0])} = ${shownValue(row[1])}`
  return `row ${at + 1}: ${what}`
}

/** As the client library's answer is laid out. */
function payloadOf(rows: readonly Row[], more: boolean): Buffer {
  const numbers = [rows.length, more ? 1 : 0]
  const parts: Buffer[] = []
  for (const [key, value] of rows) {
    numbers.push(key.length, value.length)
    parts.push(Buffer.from(key, 'latin1'), value)
  }
  return Buffer.concat([Buffer.from(Int32Array.from(numbers).buffer), ...parts])
}
