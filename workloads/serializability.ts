/**
 * Random transactions, replayed in the order of their commits. Each leaves an entry in a log, under its
 * versionstamp: what it read and what it wrote. What must hold: replayed one after the other, each entry read
 * what those before it had written; the end of the replay is what the database holds; a transaction that began
 * when another was known to be committed comes after it. One that only reads saw what the replay has at its read version.
 *
 * A conflict that is missed, a commit that is applied in part or twice, or a read version that is too old breaks that.
 * The entry commits with the writes or not at all, so the log says of an unknown commit what became of it.
 */
import { tuple, type Transformer } from 'fdbkit'
import { encoders, Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'

const KEYS = 10

/** By key; null where there is none. */
type State = (number | null)[]
type Write =
  | { readonly kind: 'set' | 'add'; readonly key: number; readonly value: number }
  | { readonly kind: 'clear'; readonly from: number; readonly to: number }

interface Entry {
  readonly client: number
  readonly number: number
  readonly began: number
  readonly read: readonly (readonly [key: number, value: number | null])[]
  readonly writes: readonly Write[]
}

/** As `add` wants them: little-endian. */
const int64: Transformer<number, number> = {
  pack(value) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(value))
    return bytes
  },
  unpack: (bytes) => Number(bytes.readBigInt64LE()),
}

const values = (db: Database) => db.at('values/', encoders.tuple, int64)
const log = (db: Database) => db.at('log/', encoders.tuple, encoders.json)
const marks = (db: Database) => db.at('marks/', encoders.tuple)
/** When a client knew that its transaction was committed. */
const known = (db: Database) => db.at('known/', encoders.tuple, encoders.json)

export default class Serializability extends Workload {
  readonly #known: number[] = []
  readonly #views: { began: number; version: bigint; state: State }[] = []

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const pause = ctx.option('pause', 0.4)
    for (let number = 0; number < ctx.option('transactions', 20); number++) {
      await ctx.delay(ctx.random() * pause)
      await this.#readAndWrite(db, ctx, number)
      this.#known.push(ctx.now())
      if (ctx.random() < 0.3) await this.#view(db, ctx)
    }
    await known(db).doTransaction((tn) => {
      for (const [number, time] of this.#known.entries()) tn.set([ctx.clientId, number], time)
    })
  }

  /** What to do is drawn before, so that every attempt does the same. */
  async #readAndWrite(db: Database, ctx: WorkloadContext, number: number): Promise<void> {
    const client = ctx.clientId
    const keys = Array.from({ length: ctx.randomInteger(0, 4) }, () => ctx.randomInteger(0, KEYS))
    const from = ctx.randomInteger(0, KEYS)
    const to = ctx.randomInteger(from, KEYS + 1)
    const writes = Array.from({ length: ctx.randomInteger(1, 4) }, () => randomWrite(ctx))
    await db.doTransaction(async (tn) => {
      const began = ctx.now()
      if (await tn.at(marks(db)).exists([client, number])) return
      const view = tn.at(values(db))
      const [single, range] = await Promise.all([
        Promise.all(keys.map((key) => view.get([key]))),
        view.getRangeAll([from], [to]),
      ])
      const read = [
        ...keys.map((key, i) => [key, single[i] ?? null] as const),
        ...fromTo(from, to, range),
      ]
      for (const write of writes) {
        if (write.kind === 'clear') view.clearRange([write.from], [write.to])
        else if (write.kind === 'add') view.add([write.key], write.value)
        else view.set([write.key], write.value)
      }
      tn.at(marks(db)).set([client, number], '')
      const entry: Entry = { client, number, began, read, writes }
      tn.at(log(db)).versionstamps.setKey([tuple.unboundVersionstamp()], entry, false)
    })
  }

  async #view(db: Database, ctx: WorkloadContext): Promise<void> {
    const view = await values(db).doTransaction(async (tn) => {
      const began = ctx.now()
      const found = fromTo(0, KEYS, await tn.getRangeAll([]))
      return { began, version: await tn.getReadVersion(), state: found.map(([, value]) => value) }
    })
    this.#views.push(view)
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    const entries = (await log(db).getRangeAll([])).map(([[stamp], entry]) => ({
      ...(entry as Entry),
      version: (stamp as { value: Buffer }).value.readBigUInt64BE(),
    }))
    const acknowledged = new Map(
      (await known(db).getRangeAll([])).map(([[client, number], time]) => [
        `${Number(client)},${Number(number)}`,
        Number(time),
      ]),
    )
    const faults: string[] = []
    const expected = ctx.clientCount * ctx.option('transactions', 20)
    if (entries.length !== expected) faults.push(`${entries.length} entries, not ${expected}`)

    const state: State = new Array<null>(KEYS).fill(null)
    const states = [{ version: 0n, state: [...state] }]
    for (const { client, number, version, read, writes } of entries) {
      for (const [key, value] of read) {
        if (state[key] === value) continue
        faults.push(`${client}/${number} read ${value} of key ${key}, which was ${state[key]}`)
      }
      for (const write of writes) apply(write, state)
      states.push({ version, state: [...state] })
    }
    const end = fromTo(0, KEYS, await values(db).getRangeAll([])).map(([, value]) => value)
    if (end.join() !== state.join())
      faults.push(`the database has ${end.join()}, not ${state.join()}`)

    for (const { version, state: seen } of this.#views) {
      const right = states.findLast((each) => each.version <= version)?.state ?? []
      if (right.join() !== seen.join())
        faults.push(`at ${version}: ${seen.join()}, not ${right.join()}`)
    }
    // Real time: nothing that was known before an entry began may come after it.
    let earliest = Infinity
    for (const { client, number, began } of entries.toReversed()) {
      if (earliest < began)
        faults.push(`${client}/${number} comes before what was known when it began`)
      earliest = Math.min(earliest, acknowledged.get(`${client},${number}`) ?? Infinity)
    }
    for (const { began, version } of this.#views) {
      for (const entry of entries) {
        const time = acknowledged.get(`${entry.client},${entry.number}`) ?? Infinity
        if (time < began && entry.version > version)
          faults.push(`a reader at ${began} missed a commit`)
      }
    }
    ctx.trace('info', 'SerializabilityChecked', {
      Entries: entries.length,
      Views: this.#views.length,
      End: end.join(),
    })
    for (const fault of faults.slice(0, 5)) ctx.trace('error', 'NotSerializable', { Fault: fault })
    return faults.length === 0
  }
}

function randomWrite(ctx: WorkloadContext): Write {
  const key = ctx.randomInteger(0, KEYS)
  if (ctx.random() < 0.2) return { kind: 'clear', from: key, to: ctx.randomInteger(key, KEYS + 1) }
  return { kind: ctx.random() < 0.5 ? 'add' : 'set', key, value: ctx.randomInteger(1, 1_000_000) }
}

function apply(write: Write, state: State): void {
  if (write.kind === 'clear') state.fill(null, write.from, write.to)
  else state[write.key] = write.value + (write.kind === 'add' ? (state[write.key] ?? 0) : 0)
}

/** The values of the keys from one to another, null for those that aren't there. */
function fromTo(
  from: number,
  to: number,
  found: readonly (readonly [key: unknown[], value: number])[],
): (readonly [key: number, value: number | null])[] {
  const present = new Map(found.map(([[key], value]) => [key, value]))
  return Array.from({ length: to - from }, (_, i) => [from + i, present.get(from + i) ?? null])
}
