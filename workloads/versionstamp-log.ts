/**
 * A log whose entries get their place by their commit. What must hold: each entry is there once; an entry stands
 * behind the one that its writer saw last, and behind all that its writer wrote before; the stamp that the commit
 * told is the one in the key; and who follows the log from a cursor sees all of it, in its order.
 *
 * An unknown commit could leave an entry twice, so each append leaves a mark. A recovery that let versions go back, or a
 * read version that is too old, shows as an entry that comes in behind a cursor.
 */
import { keySelector, tuple } from 'fdbkit'
import { encoders, Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'

interface Entry {
  readonly client: number
  readonly number: number
  /** The stamp of the last entry that was there. */
  readonly after: string
}

const log = (db: Database) => db.at('log/entry/', encoders.tuple, encoders.json)
const marks = (db: Database) => db.at('log/mark/', encoders.tuple)

const stamp = (value: Buffer): tuple.TupleItem[] => [{ type: 'versionstamp', value }]
const FIRST = stamp(Buffer.alloc(12))
const END = stamp(Buffer.alloc(12, 0xff))

/** Hexadecimal, so that stamps compare as text. */
const textOf = (key: readonly unknown[]): string =>
  (key[0] as { value: Buffer }).value.toString('hex')

export default class VersionstampLog extends Workload {
  /** What this client saw, following the log. */
  readonly #followed: string[] = []
  #cursor = FIRST

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const pause = ctx.option('pause', 0.5)
    for (let number = 0; number < ctx.option('appends', 15); number++) {
      await ctx.delay(ctx.random() * pause)
      await this.#append(db, ctx.clientId, number)
      await this.#follow(db)
    }
  }

  /** Two entries: the commit gives them the same stamp, and their order behind it. */
  async #append(db: Database, client: number, append: number): Promise<void> {
    const written = await db.doTransaction(async (tn) => {
      const mark = [client, append]
      if (await tn.at(marks(db)).exists(mark)) return []
      tn.at(marks(db)).set(mark, '')
      const entries = tn.at(log(db))
      const [last] = await entries.snapshot().getRangeAll(FIRST, END, { limit: 1, reverse: true })
      const after = last === undefined ? '' : textOf(last[0])
      return [2 * append, 2 * append + 1].map((number) => {
        const key: tuple.TupleItem[] = [tuple.unboundVersionstamp()]
        entries.versionstamps.setKey(key, { client, number, after } satisfies Entry)
        return { key, number }
      })
    })
    for (const { key, number } of written) {
      const entry = (await log(db).get(key)) as Entry | undefined
      if (entry?.client === client && entry.number === number) continue
      throw new Error(`the commit told stamp ${textOf(key)}, and that is not the entry's`)
    }
  }

  async #follow(db: Database): Promise<void> {
    const news = await log(db).getRangeAll(keySelector.firstGreaterThan(this.#cursor), END)
    for (const [key] of news) this.#followed.push(textOf(key))
    this.#cursor = news.at(-1)?.[0] ?? this.#cursor
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    await this.#follow(db)
    const entries = await log(db).getRangeAll(FIRST, END)
    const next = new Map<number, number>()
    const faults: string[] = []
    for (const [key, { client, number, after }] of entries as [tuple.TupleItem[], Entry][]) {
      if (number !== (next.get(client) ?? 0)) faults.push(`${client}/${number} is out of order`)
      if (after >= textOf(key)) faults.push(`${client}/${number} is before what it saw`)
      next.set(client, number + 1)
    }
    const expected = ctx.clientCount * ctx.option('appends', 15) * 2
    if (entries.length !== expected) faults.push(`${entries.length} entries, not ${expected}`)
    const same = entries.every(([key], i) => textOf(key) === this.#followed[i])
    if (!same || this.#followed.length !== entries.length) faults.push('a follower saw another log')
    ctx.trace('info', 'LogChecked', { Entries: entries.length, Last: this.#followed.at(-1) ?? '' })
    for (const fault of faults.slice(0, 5)) ctx.trace('error', 'LogBroken', { Fault: fault })
    return faults.length === 0
  }
}
