/** What keeps a waker keeps the context of who registered it: it is woken in there. */
import { captureContext, runIn, type Context } from '../../native/environment/context.ts'
import type { Waker } from './waker.ts'

/** A clone of the waker, to be kept. That of a task is cloned as it is: a task has a context of its own. */
export function keepWaker(waker: Waker, place: string | undefined): Waker {
  const clone = waker.clone(place)
  return waker.hasOwnContext === true ? clone : new KeptWaker(clone, captureContext())
}

class KeptWaker implements Waker {
  readonly #waker: Waker
  readonly #context: Context

  constructor(waker: Waker, context: Context) {
    this.#waker = waker
    this.#context = context
  }

  get taskId(): number {
    return this.#waker.taskId
  }

  get refCount(): number {
    return this.#waker.refCount
  }

  wake(place?: string): void {
    runIn(this.#context, (waker) => waker.wake(place), this.#waker)
  }

  wakeByRef(place?: string): void {
    runIn(this.#context, (waker) => waker.wakeByRef(place), this.#waker)
  }

  clone(place?: string): Waker {
    return new KeptWaker(this.#waker.clone(place), this.#context)
  }

  drop(place?: string): void {
    this.#waker.drop(place)
  }
}
