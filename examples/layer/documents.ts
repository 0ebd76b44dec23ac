/**
 * A layer: documents that keep their history. Each change makes a revision; who changes a document says which revision it has
 * seen, and is refused when there is a newer one.
 *
 * It is functions of a transaction, so that a program changes documents and other things of its own in one transaction.
 *
 * | key | value |
 * | --- | --- |
 * | `head`, id | the newest revision |
 * | `revision`, id, number | the document as it was then |
 */
import { encoders, type Database, type Transaction } from 'fdbkit'

export class StaleRevisionError extends Error {
  readonly newest: number

  constructor(id: string, seen: number, newest: number) {
    super(`${id} was changed since: revision ${seen} was seen, and the newest is ${newest}`)
    this.newest = newest
  }
}

export interface Revision<Doc> {
  /** 1, 2, 3, ... */
  revision: number
  document: Doc
}

type AnyTransaction = Transaction<never, unknown, never, unknown>

export class Documents<Doc> {
  readonly #heads
  readonly #revisions

  constructor(db: Database) {
    this.#heads = db.at('head/', encoders.string, encoders.json<number>())
    const keys = encoders.tuple<[id: string, revision: number]>()
    this.#revisions = db.at('revision/', keys, encoders.json<Doc>())
  }

  /** The newest revision. */
  async read(tn: AnyTransaction, id: string): Promise<Revision<Doc> | undefined> {
    const revision = await tn.at(this.#heads).get(id)
    if (revision === undefined) return undefined
    const document = await tn.at(this.#revisions).get([id, revision])
    if (document === undefined) throw new Error(`revision ${revision} of ${id} is not there`)
    return { revision, document }
  }

  /**
   * Makes a revision, and returns its number.
   *
   * @param seen the revision that the change is made of; 0 for a new document.
   * @throws StaleRevisionError when there is a newer one.
   */
  async write(tn: AnyTransaction, id: string, seen: number, document: Doc): Promise<number> {
    const newest = (await tn.at(this.#heads).get(id)) ?? 0
    if (newest !== seen) throw new StaleRevisionError(id, seen, newest)
    tn.at(this.#heads).set(id, seen + 1)
    tn.at(this.#revisions).set([id, seen + 1], document)
    return seen + 1
  }

  /** All revisions, the oldest first. */
  async history(tn: AnyTransaction, id: string): Promise<Revision<Doc>[]> {
    const rows = await tn.at(this.#revisions).getRangeAll([id])
    return rows.map(([[, revision], document]) => ({ revision, document }))
  }
}
