import type { Database } from '../../../client/database/database.ts'
import { FDBError } from '../../../native/errors/errors.ts'
import type { Watch } from '../../../client/transaction/watch.ts'
import { ShellError } from './shell-error.ts'
import type { ShellOutput } from './shell-output.ts'
import { showValue } from './show.ts'
import { messageOf } from '../../ground/errors.ts'

/** More watches than this at a time are refused. */
const MAX_WATCHES = 1000

interface Waiting {
  readonly shown: string
  readonly watch: Watch
  /** `unwatch` ended it: nothing more is to be said. */
  ended: boolean
}

/** The watches that wait in the background. */
export class ShellWatches {
  readonly #output: ShellOutput
  readonly #waiting = new Map<number, Waiting>()
  readonly #settling = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #count = 0

  constructor(output: ShellOutput) {
    this.#output = output
  }

  /** Before a watch is made: throws when there are too many. */
  assertRoom(): void {
    if (this.#waiting.size >= MAX_WATCHES) {
      throw new ShellError(`${MAX_WATCHES} watches wait already: \`unwatch\` ends some`)
    }
  }

  /**
   * @param db where the key is.
   * @returns its number.
   */
  add(db: Database, key: Buffer, shown: string, watch: Watch): number {
    const number = ++this.#count
    const waiting: Waiting = { shown, watch, ended: false }
    this.#waiting.set(number, waiting)
    const settling = this.#follow(number, () => this.#now(db, key), waiting).finally(() => {
      this.#settling.delete(settling)
    })
    this.#settling.add(settling)
    return number
  }

  async #follow(number: number, now: () => Promise<string>, waiting: Waiting): Promise<void> {
    const { shown, watch } = waiting
    try {
      const changed = await watch.promise
      this.#waiting.delete(number)
      if (waiting.ended) return
      if (changed) this.#output.notice(`watch ${number}: ${shown} changed${await now()}`)
      else this.#output.notice(`watch ${number}: ended with its transaction`)
    } catch (error) {
      this.#waiting.delete(number)
      if (!waiting.ended) this.#output.notice(`watch ${number}: ${shown}: ${messageOf(error)}`)
    }
  }

  /** The value that the key has now, if it can be read. */
  async #now(db: Database, key: Buffer): Promise<string> {
    try {
      const value = await db.doTransaction(async (tn) => tn.snapshot().get(key), {
        signal: this.#closing.signal,
        timeout: 5000,
      })
      return value === undefined
        ? ', and is cleared now'
        : `, and is ${showValue(value, 'raw', false)} now`
    } catch (error) {
      // That it changed is what was asked for; a shell that is being left reads no more.
      if (error instanceof FDBError || this.#closing.signal.aborted) return ''
      throw error
    }
  }

  list(): { number: number; shown: string }[] {
    return [...this.#waiting].map(([number, { shown }]) => ({ number, shown }))
  }

  /** @throws ShellError when there is no such watch. */
  end(number: number): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined) throw new ShellError(`there is no watch ${number}`)
    waiting.ended = true
    waiting.watch.cancel()
  }

  /** @returns how many there were. */
  endAll(): number {
    const numbers = [...this.#waiting.keys()]
    for (const number of numbers) this.end(number)
    return numbers.length
  }

  /** Ends all, and waits until they have ended. */
  async close(): Promise<void> {
    this.#closing.abort(new ShellError('the shell was left'))
    this.endAll()
    await Promise.all(this.#settling)
  }
}
