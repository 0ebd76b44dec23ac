/**
 * A chat room. Messages lie in the order of their commits; who follows the room is woken by a watch, and reads on from where it
 * was: nothing is missed, nothing comes twice, and nobody asks again and again.
 */
import { encoders, keySelector, tuple, type Database, type UnpackedItem } from 'fdbkit'

export interface Message {
  from: string
  text: string
}

/** So many messages are read at once. */
const BATCH = 100

export class Room {
  readonly #messages
  /** Changes with each message. A watch is on one key. */
  readonly #bell
  readonly #db: Database

  constructor(db: Database, name: string) {
    const room = db.at(tuple.pack(['room', name]))
    this.#db = db
    this.#messages = room.at('messages/', encoders.tuple, encoders.json<Message>())
    this.#bell = room.at('bell', encoders.string, encoders.tuple)
  }

  /** The key gets the version of its commit, so two that write at once do not conflict. */
  async say(from: string, text: string): Promise<void> {
    await this.#db.doTransaction(async (tn) => {
      const key = [tuple.unboundVersionstamp()]
      tn.at(this.#messages).versionstamps.setKey(key, { from, text })
      tn.at(this.#bell).versionstamps.setValue('', [tuple.unboundVersionstamp()])
    })
  }

  /** All that was said, and then what is said, until the signal aborts. */
  async *follow(signal: AbortSignal): AsyncGenerator<Message> {
    let last: UnpackedItem[] = []
    while (!signal.aborted) {
      const { messages, changed } = await this.#next(last, signal)
      for (const [key, message] of messages) {
        last = key
        yield message
      }
      await changed
    }
  }

  /** What came behind a message; when there is nothing, a promise for the next one, made in the same transaction. */
  #next(last: UnpackedItem[], signal: AbortSignal) {
    return this.#db.doTransaction(async (tn) => {
      const from = keySelector.firstGreaterThan(last)
      const messages = await tn.at(this.#messages).getRangeAll(from, undefined, { limit: BATCH })
      if (messages.length > 0) return { messages, changed: undefined }
      // It ends without an error when the signal aborts.
      return { messages, changed: tn.at(this.#bell).watch('', { signal }).promise }
    })
  }
}
