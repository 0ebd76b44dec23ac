import { Shared, type Wait } from '../waits/wait.ts'
import { releasing } from './releasing.ts'

/** The receiving end of a channel of many values: whichever channel it is, it is read, iterated and given up alike. */
export abstract class ValueReceiver<T>
  extends Shared<IteratorResult<T, undefined>>
  implements AsyncIterable<T>
{
  /** The next value, as an iterator gives it: `{ value }`, or `{ done: true }` at the end. */
  next(): Wait<IteratorResult<T, undefined>> {
    return this.wait()
  }

  /** Gives it up. */
  abstract drop(): void

  /** As `drop`. */
  [Symbol.dispose](): void {
    this.drop()
  }

  /** Every value until the end. Leaving the loop early drops the receiver. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return releasing(this.#values(), () => this.drop())
  }

  async *#values(): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const next = await this.wait()
        if (next.done) return
        yield next.value
      }
    } finally {
      this.drop()
    }
  }
}
