/**
 * One `then` of a future, and the promise it returns. `await` never looks at that promise, so a real one
 * is made only when somebody does, or when there is a rejection that nobody would see.
 */
import {
  CAN_CLEAN_EMPTY,
  captureContext,
  cleanEmpty,
  runIn,
  type Context,
} from '../../native/environment/context.ts'

type Fulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined
type Rejected<B> = ((error: unknown) => B | PromiseLike<B>) | null | undefined

type Handler<R> = ((outcome: unknown) => R | PromiseLike<R>) | null | undefined

interface Resolvers<R> {
  readonly promise: Promise<R>
  readonly resolve: (value: R | PromiseLike<R>) => void
  readonly reject: (error: unknown) => void
}

export class Reaction<T, A = T, B = never> implements Promise<A | B> {
  readonly #onFulfilled: Fulfilled<T, A>
  readonly #onRejected: Rejected<B>
  /** That of the `then`: its handlers run in there. */
  readonly #context: Context = captureContext()
  /** The next `then` of the same future. */
  next: Reaction<unknown, unknown, unknown> | undefined = undefined
  #resolvers: Resolvers<A | B> | undefined
  #settled: { readonly value: A | B | PromiseLike<A | B> } | undefined

  constructor(onFulfilled: Fulfilled<T, A>, onRejected: Rejected<B>) {
    this.#onFulfilled = onFulfilled
    this.#onRejected = onRejected
  }

  /** This one and those behind it: the future has its error, or its value. */
  settleAll(failed: boolean, outcome: unknown): void {
    let reaction: Reaction<unknown, unknown, unknown> | undefined = this as unknown as Reaction<
      unknown,
      unknown,
      unknown
    >
    while (reaction !== undefined) {
      const next: Reaction<unknown, unknown, unknown> | undefined = reaction.next
      reaction.settle(failed, outcome)
      reaction = next
    }
  }

  /** The future has its error, or its value. Called without a store, or in the context of the `then`. */
  settle(failed: boolean, outcome: unknown): void {
    if (this.#context !== undefined || !CAN_CLEAN_EMPTY) {
      return runIn(this.#context, () => this.#handle(failed, outcome), undefined)
    }
    try {
      this.#handle(failed, outcome)
    } finally {
      cleanEmpty()
    }
  }

  #handle(failed: boolean, outcome: unknown): void {
    const handler = (failed ? this.#onRejected : this.#onFulfilled) as Handler<A | B>
    if (typeof handler !== 'function') {
      return failed ? this.#reject(outcome) : this.#resolve(outcome as A)
    }
    let result: A | B | PromiseLike<A | B>
    try {
      result = handler(outcome)
    } catch (error) {
      return this.#reject(error)
    }
    this.#resolve(result)
  }

  then<C = A | B, D = never>(
    onFulfilled?: ((value: A | B) => C | PromiseLike<C>) | null,
    onRejected?: ((error: unknown) => D | PromiseLike<D>) | null,
  ): Promise<C | D> {
    return this.#promise().then(onFulfilled, onRejected)
  }

  catch<D = never>(
    onRejected?: ((error: unknown) => D | PromiseLike<D>) | null,
  ): Promise<A | B | D> {
    return this.#promise().catch(onRejected)
  }

  finally(onSettled?: (() => void) | null): Promise<A | B> {
    return this.#promise().finally(onSettled)
  }

  get [Symbol.toStringTag](): string {
    return 'Promise'
  }

  #promise(): Promise<A | B> {
    return this.#makeResolvers().promise
  }

  #makeResolvers(): Resolvers<A | B> {
    if (this.#resolvers !== undefined) return this.#resolvers
    let resolve: Resolvers<A | B>['resolve'] | undefined
    let reject: Resolvers<A | B>['reject'] | undefined
    const promise = new Promise<A | B>((onResolve, onReject) => {
      resolve = onResolve
      reject = onReject
    })
    this.#resolvers = { promise, resolve: resolve!, reject: reject! }
    if (this.#settled !== undefined) this.#resolvers.resolve(this.#settled.value)
    return this.#resolvers
  }

  #resolve(value: A | B | PromiseLike<A | B>): void {
    if (this.#resolvers !== undefined) return this.#resolvers.resolve(value)
    // A handler that returned a promise: its rejection must be seen even if this one is not looked at.
    if (mayBeThenable(value)) return this.#makeResolvers().resolve(value)
    if (value !== undefined) this.#settled = { value }
    else this.#settled = NOTHING as { readonly value: A | B }
  }

  #reject(error: unknown): void {
    this.#makeResolvers().reject(error)
  }
}

/** A proxy may throw when it is asked: then a real promise asks it, and rejects. */
function mayBeThenable(value: unknown): boolean {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false
  try {
    return 'then' in value
  } catch {
    return true
  }
}

const NOTHING: { readonly value: unknown } = { value: undefined }

/** A handler that tells first, and then does what it did, or would have done if there had been none. */
export function before<V, R>(
  tell: () => void,
  handler: ((value: V) => R | PromiseLike<R>) | null | undefined,
  otherwise: (value: V) => R,
): (value: V) => R | PromiseLike<R> {
  const then = typeof handler === 'function' ? handler : otherwise
  return (value) => {
    tell()
    return then(value)
  }
}
