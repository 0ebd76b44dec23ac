// The replay: all transactions, in the order of their commits, over what the oracle knows the database to hold.
/** What does not fit, and how it is told. */
import { printable } from '../../../native/values/printable.ts'
import type { TraceDetails } from '../../author/workload-context.ts'
import type { KeySelector } from '../model/reads.ts'
import { versionOf, type Attempt, type Read } from '../records/attempt.ts'

/** In the database or the client something broke its promise; or the workload relies on what nobody has promised. */
export type Severity = 'violation' | 'hazard'

export interface Finding {
  readonly severity: Severity
  readonly what: string
  /** Whose promise was broken; undefined: nobody has written what was found. */
  readonly attempt: Attempt | undefined
  readonly read?: Read
  readonly gave?: string
  readonly expected?: string
  /** The one that it disagrees with. */
  readonly other?: Attempt | undefined
}

/** For the trace: the transactions, where they are in the program, and what was read. */
export function detailsOf(finding: Finding): TraceDetails {
  const { what, attempt, read, gave, expected, other } = finding
  return {
    What: what,
    ...(attempt === undefined ? {} : attemptDetails('', attempt)),
    ...(read === undefined ? {} : { Read: callOf(read), ReadPlace: String(read.place) }),
    ...(gave === undefined ? {} : { Gave: gave }),
    ...(expected === undefined ? {} : { Expected: expected }),
    ...(other === undefined ? {} : attemptDetails('Other', other)),
  }
}

function attemptDetails(prefix: string, attempt: Attempt): TraceDetails {
  const { transaction } = attempt
  const place = String(transaction.run?.place ?? transaction.place)
  return { [`${prefix}Transaction`]: nameOf(attempt), [`${prefix}Place`]: place }
}

/** `7 of client 1, attempt 2: read at 100123, committed at 100456 (3.210 s to 3.442 s)` */
function nameOf({ transaction, number, begun, readVersion, stamp, commit }: Attempt): string {
  const parts = [
    ...(readVersion === undefined ? [] : [`read at ${readVersion}`]),
    ...(stamp === undefined ? [] : [`applied at ${versionOf(stamp)}/${batchOf(stamp)}`]),
    ...(commit === undefined ? [] : [outcomeOf(commit.answered !== undefined, commit.error)]),
  ]
  const tenant = transaction.inTenant
    ? ` in tenant ${printable(latin1(transaction.tenant ?? ''))}`
    : ''
  const end = commit?.answered === undefined ? '' : ` to ${commit.answered.seconds.toFixed(3)} s`
  return (
    `${transaction.number} of client ${transaction.client}${tenant}, attempt ${number}: ` +
    `${parts.join(', ')} (${begun.seconds.toFixed(3)} s${end})`
  )
}

function outcomeOf(isAnswered: boolean, error: number): string {
  if (!isAnswered) return 'commit not answered'
  return error === 0 ? 'commit acknowledged' : `commit answered with ${error}`
}

function batchOf(stamp: string): number {
  return Number.parseInt(stamp.slice(16), 16)
}

export function callOf(read: Read): string {
  const snapshot = read.snapshot ? ' (snapshot)' : ''
  if (read.what === 'get') return `get ${shownKey(read.key)}${snapshot}`
  if (read.what === 'getKey') return `getKey ${shownSelector(read.selector)}${snapshot}`
  const reverse = read.reverse ? ' in reverse' : ''
  const limit = read.limit > 0 ? `, limit ${read.limit}` : ''
  const range = `${shownSelector(read.begin)} to ${shownSelector(read.end)}`
  return `${read.what} ${range}${limit}${reverse}${snapshot}`
}

function shownSelector({ key, orEqual, offset }: KeySelector): string {
  if (offset === 1 && !orEqual) return shownKey(key)
  return `${shownKey(key)}${orEqual ? ' or equal' : ''} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`
}

export function shownKey(key: string): string {
  return printable(latin1(key))
}

export function shownValue(value: Buffer | undefined): string {
  return value === undefined ? 'no value' : printable(value)
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
