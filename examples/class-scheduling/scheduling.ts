/**
 * Signing up for classes. Two things stay true, whoever comes at once: a class has no more students than seats, and a
 * student no more than five classes.
 */
import { allKeys, encoders, type Database, type Transaction } from 'fdbkit'

export const MOST_CLASSES = 5

/** What the user is told: it ends the transaction, and nothing of it is written. */
export class SignUpError extends Error {}

type Attendance = [student: string, className: string]

export class Scheduling {
  readonly #db: Database
  /** class: seats that are left. */
  readonly #seats
  /** (student, class): nothing. Who attends what is in the keys. */
  readonly #attends

  constructor(db: Database) {
    this.#db = db
    this.#seats = db.at('seats/', encoders.string, encoders.json<number>())
    this.#attends = db.at('attends/', encoders.tuple<Attendance>())
  }

  async addClass(className: string, seats: number): Promise<void> {
    await this.#seats.set(className, seats)
  }

  /** Classes that have seats left. */
  async available(): Promise<string[]> {
    const classes = await this.#seats.getRangeAll(allKeys)
    return classes.filter(([, seats]) => seats > 0).map(([className]) => className)
  }

  async classesOf(student: string): Promise<string[]> {
    return this.#db.doTransaction((tn) => this.#classesOf(tn, student))
  }

  /** To sign up twice is to be signed up. */
  async signUp(student: string, className: string): Promise<void> {
    await this.#db.doTransaction((tn) => this.#signUp(tn, student, className))
  }

  async drop(student: string, className: string): Promise<void> {
    await this.#db.doTransaction((tn) => this.#drop(tn, student, className))
  }

  /** Out of one class and into another: both, or, when that one is full, none. */
  async swap(student: string, from: string, to: string): Promise<void> {
    await this.#db.doTransaction(async (tn) => {
      await this.#drop(tn, student, from)
      await this.#signUp(tn, student, to)
    })
  }

  // A transaction calls these as a part of itself, so that one can be made of others.

  async #signUp(tn: Transaction, student: string, className: string): Promise<void> {
    if (await tn.at(this.#attends).exists([student, className])) return
    const seats = await tn.at(this.#seats).get(className)
    if (seats === undefined) throw new SignUpError(`there is no class ${className}`)
    if (seats === 0) throw new SignUpError(`${className} is full`)
    if ((await this.#classesOf(tn, student)).length >= MOST_CLASSES) {
      throw new SignUpError(`${student} has ${MOST_CLASSES} classes`)
    }
    tn.at(this.#seats).set(className, seats - 1)
    tn.at(this.#attends).set([student, className], '')
  }

  async #drop(tn: Transaction, student: string, className: string): Promise<void> {
    if (!(await tn.at(this.#attends).exists([student, className]))) return
    const seats = (await tn.at(this.#seats).get(className)) ?? 0
    tn.at(this.#seats).set(className, seats + 1)
    tn.at(this.#attends).clear([student, className])
  }

  async #classesOf(tn: Transaction, student: string): Promise<string[]> {
    const rows = await tn.at(this.#attends).getRangeAll([student])
    return rows.map(([[, className]]) => className)
  }
}
