/**
 * Random range reads against a model, in the middle of random writes: all streaming modes, from either end, with and
 * without a limit, by keys and by selectors with offsets, as a snapshot or not. What must hold: a read gives what the
 * model has, and that includes what the transaction itself has written.
 *
 * A batch that ends where a shard does, a server that moves between two batches, a selector that is resolved across
 * a cleared range, and the join of what is stored with what is only written yet can all lose a key or give it twice.
 */
import {
  keySelector,
  StreamingMode,
  type KeySelector,
  type RangeReadOptions,
  type Transaction,
} from 'fdbkit'
import { encoders, Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'

const KEYS = 40
/** Keys before and behind those that change, so that no offset leads out of the client's own part. */
const FENCE = 5

const keyOf = (number: number) => String(number).padStart(3, '0')
/** Every client has a part of its own: only so does it know what must be there. */
const part = (db: Database, client: number) =>
  db.at(`ranges/${client}/`, encoders.string, encoders.string)
/** Which of a client's models is the one in the database. */
const versions = (db: Database) => db.at('ranges/version/', encoders.tuple, encoders.int32BE)

type Part = Transaction<string, string, string, string>
type Entry = [key: string, value: string]
type Model = Map<string, string>

export default class Ranges extends Workload {
  /** By version: the one that is committed, and those of attempts whose outcome is not known yet. */
  #models = new Map<number, Model>()
  #version = 0

  override async setup(db: Database, ctx: WorkloadContext): Promise<void> {
    const first: Model = new Map()
    for (let i = 0; i < FENCE; i++) first.set(` ${i}`, 'fence').set(`~${i}`, 'fence')
    for (let i = 0; i < KEYS; i++) first.set(keyOf(i), `first ${i}`)
    this.#models.set(0, first)
    await db.doTransaction((tn) => {
      for (const [key, value] of first) tn.at(part(db, ctx.clientId)).set(key, value)
      tn.at(versions(db)).set([ctx.clientId], 0)
    })
  }

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    for (let number = 0; number < ctx.option('transactions', 12); number++) {
      await ctx.delay(ctx.random() * ctx.option('pause', 0.6))
      const committed = await db.doTransaction(async (tn) => {
        // After an unknown commit this may be the version before or that of the earlier attempt.
        const found = await tn.at(versions(db)).get([ctx.clientId])
        const base = this.#models.get(found ?? -1)
        if (base === undefined) throw new Error(`version ${found} was never written`)
        const model = new Map(base)
        for (let step = 0; step < ctx.option('steps', 4); step++) {
          await readAndCompare(tn.at(part(db, ctx.clientId)), ctx, model)
          write(tn.at(part(db, ctx.clientId)), ctx, model)
        }
        const version = ++this.#version
        tn.at(versions(db)).set([ctx.clientId], version)
        this.#models.set(version, model)
        return version
      })
      this.#models = new Map([[committed, this.#models.get(committed) as Model]])
    }
    ctx.trace('info', 'RangesRead', { Attempts: this.#version })
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    const [model] = this.#models.values()
    compare('in the end', sorted(model as Model), await part(db, ctx.clientId).getRangeAll(''))
    return true
  }
}

async function readAndCompare(tn: Part, ctx: WorkloadContext, model: Model): Promise<void> {
  const all = sorted(model)
  const [begin, end] = [randomBound(ctx), randomBound(ctx)]
  const [from, to] = [placeOf(begin, all), placeOf(end, all)]
  const options = randomOptions(ctx)
  const reader = ctx.random() < 0.5 ? tn : tn.snapshot()

  const wanted = all.slice(from, Math.max(from, to))
  if (options.reverse === true) wanted.reverse()
  if (options.limit !== undefined) wanted.length = Math.min(wanted.length, options.limit)
  const what = JSON.stringify([begin, end, options, reader.isSnapshot])
  compare(what, wanted, await randomRead(reader, ctx, begin, end, options))

  const found = await reader.getKey(begin)
  if (found !== all[from]?.[0]) throw new Error(`${what}: key ${found}, not ${all[from]?.[0]}`)
}

/** All at once, one by one, or by batches: the same entries. */
async function randomRead(
  tn: Part,
  ctx: WorkloadContext,
  begin: KeySelector<string>,
  end: KeySelector<string>,
  options: RangeReadOptions,
): Promise<Entry[]> {
  const way = ctx.randomInteger(0, 3)
  if (way === 0) return tn.getRangeAll(begin, end, options)
  const entries: Entry[] = []
  if (way === 1) {
    for await (const entry of tn.getRange(begin, end, options)) entries.push(entry)
  } else {
    for await (const batch of tn.getRangeBatch(begin, end, options)) entries.push(...batch)
  }
  return entries
}

function write(tn: Part, ctx: WorkloadContext, model: Model): void {
  for (let i = 0; i < 4; i++) {
    const [from, to] = [ctx.randomInteger(0, KEYS), ctx.randomInteger(0, KEYS)]
    const value = 'v'.repeat(ctx.randomInteger(0, 400)) + String(i)
    if (ctx.random() < 0.7) {
      tn.set(keyOf(from), value)
      model.set(keyOf(from), value)
    } else if (from <= to) {
      tn.clearRange(keyOf(from), keyOf(to))
      for (let key = from; key < to; key++) model.delete(keyOf(key))
    } else {
      tn.clear(keyOf(from))
      model.delete(keyOf(from))
    }
  }
}

function randomBound(ctx: WorkloadContext): KeySelector<string> {
  return keySelector(
    keyOf(ctx.randomInteger(0, KEYS)),
    ctx.random() < 0.5,
    ctx.randomInteger(-3, 5),
  )
}

function randomOptions(ctx: WorkloadContext): RangeReadOptions {
  const modes = Object.values(StreamingMode)
  const streamingMode = modes[ctx.randomInteger(0, modes.length)] as StreamingMode
  // Exact is the one mode that needs a limit.
  const limited = streamingMode === StreamingMode.Exact || ctx.random() < 0.5
  return {
    streamingMode,
    reverse: ctx.random() < 0.5,
    ...(limited ? { limit: ctx.randomInteger(1, KEYS) } : {}),
    ...(ctx.random() < 0.2 ? { targetBytes: ctx.randomInteger(1, 2000) } : {}),
  }
}

const sorted = (model: Model): Entry[] => [...model].sort(([a], [b]) => (a < b ? -1 : 1))

/** What a selector means: the last key before its own (or that one), and so many further. */
function placeOf({ key, orEqual, offset }: KeySelector<string>, all: readonly Entry[]): number {
  return all.filter(([each]) => each < key || (orEqual && each === key)).length - 1 + offset
}

function compare(what: string, wanted: readonly Entry[], found: readonly Entry[]): void {
  const length = Math.max(wanted.length, found.length)
  for (let i = 0; i < length; i++) {
    const [one, other] = [wanted[i], found[i]]
    if (one?.[0] === other?.[0] && one?.[1] === other?.[1]) continue
    const show = (entry: Entry | undefined) => (entry === undefined ? 'nothing' : entry[0])
    throw new Error(`${what}: at ${i} of ${wanted.length} ${show(other)}, not ${show(one)}`)
  }
}
