/** The load: lanes that do one call after the other and tell a recorder, until they are told to stop. */
import type { Database } from '../../../src/index.ts'
import { drawPosting } from './ledger.ts'
import { KINDS, WITH_TIMEOUT, operate, type Ended, type Kind } from './operations.ts'
import { Recorder } from './recorder.ts'

export interface LoadOptions {
  /** Begins the id of each posting: no other load has it. */
  readonly name: string
  readonly lanes: number
  /** Milliseconds, of the calls that have a timeout. */
  readonly timeout: number
  /** Milliseconds that such a call may take beyond its timeout. Behind them it hangs, and the load fails. */
  readonly slack: number
  /** Milliseconds that a call without one may take. */
  readonly patience: number
  readonly random: () => number
  /** Awaited before each call. */
  readonly pause: () => Promise<void>
  /** Hears of each call that has settled. */
  readonly settled?: (kind: Kind, ended: Ended) => void
}

export class Load {
  readonly recorder = new Recorder()
  readonly #db: Database
  readonly #options: LoadOptions
  #begun = 0
  #stopAt = Infinity

  constructor(db: Database, options: LoadOptions) {
    this.#db = db
    this.#options = options
  }

  /** Until `stop`, or so many calls have been begun, and all of them have settled. */
  async run(most = Infinity): Promise<void> {
    this.#stopAt = most
    const { lanes } = this.#options
    // Lanes whose calls wait for the cluster all stand still in the end; the others go on.
    const kindsOf = (lane: number): readonly Kind[] => (lane < lanes / 4 ? KINDS : WITH_TIMEOUT)
    await Promise.all(Array.from({ length: lanes }, (_, lane) => this.#lane(kindsOf(lane))))
  }

  /** No more calls are begun. */
  stop(): void {
    this.#stopAt = 0
  }

  async #lane(kinds: readonly Kind[]): Promise<void> {
    try {
      for (;;) {
        await this.#options.pause()
        if (this.#begun >= this.#stopAt) return
        await this.#next(++this.#begun, kinds)
      }
    } finally {
      // One that fails ends the others.
      this.stop()
    }
  }

  async #next(number: number, kinds: readonly Kind[]): Promise<void> {
    const { name, random, timeout, settled } = this.#options
    const kind = kinds[Math.floor(random() * kinds.length)] as Kind
    const id = `${name}-${number}`
    const posting = drawPosting(id, random)
    const isPosting = kind !== 'look'
    if (isPosting) this.recorder.begin(id)
    const ended = await this.#impatiently(kind, id, operate(this.#db, kind, posting, timeout))
    if (isPosting) this.recorder.settle(id, ended.fate)
    settled?.(kind, ended)
  }

  async #impatiently(kind: Kind, id: string, call: Promise<Ended>): Promise<Ended> {
    const { timeout, slack, patience } = this.#options
    const limit = kind === 'patient' ? patience : timeout + slack
    let timer: NodeJS.Timeout | undefined
    const hangs = new Promise<never>((_, reject) => {
      const late = new Error(`${kind} ${id} has not settled after ${limit} ms`)
      timer = setTimeout(() => reject(late), limit)
    })
    try {
      return await Promise.race([call, hangs])
    } finally {
      clearTimeout(timer)
    }
  }
}
