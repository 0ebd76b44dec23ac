import { pack, unpack } from '../../layers/tuple/tuple.ts'
import { strNext } from '../keys/bytes.ts'
import { root } from '../keys/subspace.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { noTransaction } from '../keys/given-scope.ts'
import { shown } from '../../native/values/describe.ts'

/** Where the cluster notes, every ten seconds or so, which version it had. */
const NOTES = Buffer.from('\xff\x02/timeKeeper/map/', 'latin1')

const READS = [
  ['read_system_keys', undefined],
  ['read_lock_aware', undefined],
] as const
const FIRST = { limit: 1 }
const LAST = { limit: 1, reverse: true }

/**
 * A version that the cluster had about at a time: the nearest one that it noted `before` or `after` it. It notes one
 * every ten seconds or so, and forgets the oldest. The embedded engine notes none.
 *
 * It reads in a transaction of its own, of the whole database and its newest version: the options that this takes would
 * make the given one read-only.
 *
 * @param time a date, or milliseconds since 1970.
 * @returns undefined when nothing was noted on that side of the time.
 * @throws TypeError for a time that is none.
 * @example
 * const hourAgo = new Date(Date.now() - 3_600_000)
 * const version = await db.doTransaction((tn) => versionAtTime(tn, hourAgo, 'before'))
 */
export function versionAtTime(
  tn: Transaction<never, unknown, never, unknown>,
  time: Date | number,
  side: 'before' | 'after',
): Promise<bigint | undefined> {
  const problem = noTransaction(tn, 'tn of versionAtTime')
  if (problem !== undefined) return Promise.reject(problem)
  return tn.doTransaction(() => notedVersion(tn, time, side))
}

async function notedVersion(
  tn: Transaction<never, unknown, never, unknown>,
  time: Date | number,
  side: 'before' | 'after',
): Promise<bigint | undefined> {
  const milliseconds = time instanceof Date ? time.getTime() : time
  if (!Number.isFinite(milliseconds)) {
    throw new TypeError(`time is a date, or a number, not ${shown(time)}`)
  }
  if (side !== 'before' && side !== 'after') throw new TypeError("side is 'before' or 'after'")
  using own = tn.beside(READS)
  const notes = own.snapshot().at(root.at(NOTES))
  // As bigints: a number that is no safe integer, or -0, would sort behind all that is noted.
  const seconds = (rounded: number): Buffer => pack([BigInt(rounded)])
  const [note] =
    side === 'before'
      ? await notes.getRangeAll('', strNext(seconds(Math.floor(milliseconds / 1000))), LAST)
      : await notes.getRangeAll(seconds(Math.ceil(milliseconds / 1000)), Buffer.of(0xff), FIRST)
  if (note === undefined) return undefined
  const [version] = unpack(note[1])
  return BigInt(version as number | bigint)
}
