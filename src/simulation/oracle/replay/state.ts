/** The keys of the cluster, or of a tenant, as they are at one place of the order, and who wrote them. */
import { MutationType } from '../../../native/generated/mutation-type.ts'
import { applyAtomic, stamped } from '../model/atomic-operations.ts'
import { ByteMap } from '../model/byte-map.ts'
import { END } from '../model/reads.ts'
import { isWrite, versionOf, type Attempt, type Write } from '../records/attempt.ts'

const OFFSET_BYTES = 4

/** A write that conflicts with nobody: reads beside it need not fit their place. */
interface Silent {
  readonly version: number
  readonly begin: string
  readonly end: string
}

/** Clears that are remembered, to tell whose it was. */
const MOST_CLEARS = 10_000

interface Cleared {
  readonly at: number
  readonly begin: string
  readonly end: string
  readonly attempt: Attempt
}

export class State {
  readonly map = new ByteMap()
  readonly #writers = new Map<string, { readonly at: number; readonly attempt: Attempt }>()
  readonly #clears: Cleared[] = []
  #writes = 0
  #silent: Silent[] = []
  /** From this version on nobody knows what is there: a commit of a tenant may have been applied, and leaves no mark. */
  unknownFrom = Infinity

  /** Who wrote the key last, or cleared it. */
  writerOf(key: string): Attempt | undefined {
    const writer = this.#writers.get(key)
    const cleared = this.#clears.findLast(({ begin, end }) => begin <= key && key < end)
    return (writer?.at ?? -1) > (cleared?.at ?? -1) ? writer?.attempt : cleared?.attempt
  }

  /** Somebody wrote a key between those two, with both, behind that version without a conflict. */
  wasWrittenSilently(from: string, to: string, after: number): boolean {
    return this.#silent.some(
      ({ version, begin, end }) => version > after && begin <= to && from < end,
    )
  }

  /** The whole of an attempt, as the cluster applies it: what has a stamp in its key comes last. */
  commit(attempt: Attempt, stamp: string): void {
    const bytes = Buffer.from(stamp, 'hex')
    let late: Write[] = []
    for (const write of attempt.operations) {
      if (!isWrite(write)) continue
      if (write.type === MutationType.SetVersionstampedKey) late.push(write)
      else this.#write(attempt, withStamp(write, bytes), stamp)
      if (write.what === 'clear') late = late.filter((each) => !isWithin(each, write))
    }
    for (const write of late) this.#write(attempt, withStamp(write, bytes), stamp)
  }

  #write(attempt: Attempt, write: Write, stamp: string): void {
    const { what, key, end, silent } = write
    applyTo(this.map, write)
    const at = this.#writes++
    if (what === 'clear') this.#clears.push({ at, begin: key, end, attempt })
    else this.#writers.set(key, { at, attempt })
    if (this.#clears.length > MOST_CLEARS) this.#clears.shift()
    if (silent) this.#silent.push({ version: versionOf(stamp), begin: key, end })
  }

  /** Nothing before that version is asked for any more. */
  forgetBefore(version: number): void {
    this.#silent = this.#silent.filter((each) => each.version > version)
  }
}

/** What a write makes of a state; keys of the system are not in it. */
export function applyTo(map: ByteMap, { what, key, end, operand, type }: Write): void {
  if (key >= END) return
  if (what === 'clear') map.clear(key, end < END ? end : END)
  else if (what === 'set') map.set(key, operand)
  else {
    const value = applyAtomic(type, map.get(key), operand)
    if (value === undefined) map.clear(key, `${key}\0`)
    else map.set(key, value)
  }
}

/** The transaction's own reads see it; what has a stamp in it can't be read before the commit. */
export function isReadable({ type }: Write): boolean {
  return type !== MutationType.SetVersionstampedKey && type !== MutationType.SetVersionstampedValue
}

function withStamp(write: Write, stamp: Buffer): Write {
  if (write.type === MutationType.SetVersionstampedValue) {
    return { ...write, what: 'set', operand: stamped(write.operand, stamp) }
  }
  if (write.type !== MutationType.SetVersionstampedKey) return write
  const key = stamped(Buffer.from(write.key, 'latin1'), stamp).toString('latin1')
  return { ...write, what: 'set', key, end: `${key}\0` }
}

/** A clear takes what was to have a stamp, by the key as it was before it had it. */
function isWithin(stampless: Write, { key, end }: Write): boolean {
  const before = stampless.key.slice(0, -OFFSET_BYTES)
  return key <= before && before < end
}
