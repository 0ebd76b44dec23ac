// Where a page ended, as text that another process can go on from.
import { createHash } from 'node:crypto'
import type { Bounds } from './long-scan.ts'
import { describe } from '../../native/values/describe.ts'

/** What a cursor belongs to: it is of no use anywhere else. */
export interface PagedRange {
  /** Undefined for the database itself. */
  readonly tenant: Uint8Array | undefined
  readonly prefix: Uint8Array
  readonly bounds: Bounds
  readonly reverse: boolean
}

/** Of the form of a cursor; another form gets another number. */
const FORM = 1
/** So many bytes of the hash are enough against a mix-up. It is no signature. */
const CHECK_BYTES = 12
const HEAD_BYTES = 1 + CHECK_BYTES

/** The parts one after another, each with its length before it. */
function check({ tenant, prefix, bounds, reverse }: PagedRange, key: Uint8Array): Buffer {
  const hash = createHash('sha256')
  const kind = Buffer.of(FORM, reverse ? 1 : 0, tenant === undefined ? 0 : 1)
  for (const part of [kind, tenant ?? '', prefix, bounds.begin, bounds.end, key]) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(part.length)
    hash.update(length).update(part)
  }
  return hash.digest().subarray(0, CHECK_BYTES)
}

/** @param key the last one of the page, which is in the range. */
export function pageCursor(range: PagedRange, key: Uint8Array): string {
  const behind = key.subarray(range.prefix.length)
  return Buffer.concat([Buffer.of(FORM), check(range, key), behind]).toString('base64url')
}

/**
 * The key that a cursor stands for.
 *
 * @throws TypeError for what is no cursor; RangeError for one of another range.
 */
export function keyOfCursor(range: PagedRange, cursor: unknown): Buffer {
  if (typeof cursor !== 'string') {
    throw new TypeError(`after is the cursor of a page, a string, not ${describe(cursor)}`)
  }
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length < HEAD_BYTES || bytes[0] !== FORM || bytes.toString('base64url') !== cursor) {
    throw new TypeError('after is not the cursor of a page: pass it as it came with the page')
  }
  const key = Buffer.concat([range.prefix, bytes.subarray(HEAD_BYTES)])
  if (check(range, key).equals(bytes.subarray(1, HEAD_BYTES))) return key
  throw new RangeError(
    'after is the cursor of another scope, range or direction, or was changed: ' +
      'pass it to the same call on the same scope as the page before',
  )
}
