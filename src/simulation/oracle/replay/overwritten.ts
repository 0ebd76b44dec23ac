/**
 * Updates that are lost without a conflict: a client has read a key, another one has written it since, and the first writes
 * it in a transaction that has not read it. The database does what it was told; the workload may have meant another thing.
 */
import { readKeyValues } from '../../../future/port/payload.ts'
import { isWrite, versionOf, type Attempt, type Read } from '../records/attempt.ts'
import type { Finding } from './finding.ts'
import { shownKey } from './finding.ts'
import type { State } from './state.ts'

/** Keys that are remembered of a client. */
const MOST_KEYS = 10_000

interface Seen {
  readonly version: number
  readonly by: Attempt
}

/** Which version of a key a client has seen last. */
export class SeenKeys {
  readonly #clients = new Map<string, Map<string, Seen>>()

  noteReads(attempt: Attempt): void {
    if (attempt.readVersion === undefined) return
    const seen = this.#of(attempt)
    for (const key of keysReadBy(attempt)) this.#note(seen, key, attempt, attempt.readVersion)
  }

  /** Of what it has read before, it knows what it wrote. */
  noteWrites(attempt: Attempt): void {
    if (attempt.stamp === undefined) return
    const seen = this.#of(attempt)
    for (const each of attempt.operations) {
      if (!isWrite(each) || !seen.has(each.key)) continue
      this.#note(seen, each.key, attempt, versionOf(attempt.stamp))
    }
  }

  seen(attempt: Attempt, key: string): Seen | undefined {
    return this.#of(attempt).get(key)
  }

  #note(seen: Map<string, Seen>, key: string, by: Attempt, version: number): void {
    if (seen.size < MOST_KEYS || seen.has(key)) seen.set(key, { version, by })
  }

  #of({ transaction }: Attempt): Map<string, Seen> {
    const name = `${transaction.client}/${transaction.tenant ?? ''}`
    const known = this.#clients.get(name)
    if (known !== undefined) return known
    const seen = new Map<string, Seen>()
    this.#clients.set(name, seen)
    return seen
  }
}

/** The first key of the attempt, just before it is applied, whose newer value it overwrites unseen. */
export function overwritten(attempt: Attempt, state: State, seen: SeenKeys): Finding | undefined {
  const own = new Set(keysReadBy(attempt))
  for (const write of attempt.operations) {
    if (!isWrite(write) || write.what === 'atomic' || own.has(write.key)) continue
    const last = seen.seen(attempt, write.key)
    const writer = state.writerOf(write.key)
    if (last === undefined || writer?.stamp === undefined) continue
    if (last.by.transaction === attempt.transaction) continue
    if (writer.transaction.client === attempt.transaction.client) continue
    if (versionOf(writer.stamp) <= last.version) continue
    return {
      severity: 'hazard',
      what: `${shownKey(write.key)} is overwritten by a client that has read an older value, in another transaction`,
      attempt,
      other: writer,
    }
  }
  return undefined
}

function keysReadBy(attempt: Attempt): string[] {
  return attempt.operations.flatMap((each) => (isWrite(each) ? [] : keysOf(each)))
}

function keysOf(read: Read): string[] {
  const { answer } = read
  if (answer === undefined) return []
  if (read.what === 'get') return [read.key]
  if (read.what !== 'getRange' || answer.bytes === undefined) return []
  return readKeyValues(answer.bytes, 0, answer.bytes.length).results.map(([key]) =>
    key.toString('latin1'),
  )
}
