/** Workers take jobs until they are told to stop. What a job writes is written once, whichever worker dies. */
import { encoders, type Database, type Transaction } from 'fdbkit'
import { LeaseLostError, Once, Queue } from 'fdbkit/recipes'

/** Does a job: reads and writes by the transaction, or throws, and the job is tried again. */
export type Handler<Job> = (tn: Transaction, job: Job) => Promise<void>

export interface JobsOptions {
  /** A worker that has died holds its job for so long; another one has it then. */
  leaseMilliseconds?: number
  /** After so many tries a job is put aside: `failed`. */
  maxTries?: number
}

export class Jobs<Job> {
  readonly queue: Queue<Job>
  readonly #once: Once

  constructor(db: Database, options: JobsOptions = {}) {
    this.queue = new Queue(db.at('jobs/', undefined, encoders.json<Job>()), options)
    // Of a commit nobody may know whether it was applied: this looks before it does the work again.
    this.#once = new Once(db.at('done/'))
  }

  /** Jobs that were tried too often. */
  get failed(): Queue<Job> {
    return this.queue.deadLetters
  }

  /** One worker. Any number of them may run, in any number of processes. Ends with the signal, behind the job at hand. */
  async work(handle: Handler<Job>, signal: AbortSignal): Promise<void> {
    for await (const message of this.queue.consume({ signal })) {
      try {
        // The message goes in the transaction that does the work: both happen, or none does.
        await this.#once.run(async (tn) => {
          await message.ackIn(tn)
          await handle(tn, message.value)
        })
      } catch (error) {
        // It took too long, and is another worker's by now: nothing of it was written.
        if (!(error instanceof LeaseLostError)) await message.nack()
      }
    }
  }
}
