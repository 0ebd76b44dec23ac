import { checkArray, checkFunction } from '../../native/values/arguments.ts'
import { describe } from '../../native/values/describe.ts'
import { describeWait, WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { onlyForYield, PENDING, type Pollable, type Waker } from '../../future/wakers/waker.ts'
import { isGenerator, type TaskGenerator } from '../core/task-body.ts'
import { ownWait } from '../../future/wakers/own-wait.ts'
import { Wait } from '../waits/wait.ts'

/** What to do with a value: a plain function, or a generator function that may wait itself. */
export type Handler<T, R> = (value: T) => R | TaskGenerator<R>

/** One arm of {@link choose}. */
export interface When<R> {
  /** What is waited for. */
  readonly pollable: Pollable<unknown>
  /** What is done with its value. */
  readonly handler: Handler<never, R>
}

/**
 * One arm of {@link choose}. Without a handler the value itself is the result.
 *
 * @example
 * const arm = when(sleep(10), () => 'time is up')
 * console.log(await fdbSpawn(() => choose(arm)))
 */
export function when<T, R = T>(pollable: Pollable<T>, handler?: Handler<T, R>): When<R> {
  if (handler !== undefined) checkFunction('handler', handler)
  const identity = (value: T): R => value as unknown as R
  return { pollable: ownWait(pollable), handler: handler ?? identity }
}

/** What the handlers of some arms return. */
export type ResultOf<A> = A extends When<infer R> ? R : never
/** What a pollable gives. */
export type ValueOf<P> = P extends Pollable<infer T> ? T : never

/**
 * Flow's `choose ... when`: waits for several things at once and takes the first that is ready; of several that are
 * ready, the one written first. Runs its handler and returns what that returns. An arm that fails throws. The
 * other arms are given up: nothing is taken from streams and channels, and a future that nobody else has is cancelled.
 * `when(byRef(future))` keeps it.
 *
 * @throws TypeError without an arm; in a loop over it: it is for `yield*`, or a task of its own.
 * @example
 * const numbers = new PromiseStream<number>()
 * numbers.send(3)
 * const handle = fdbSpawn(function* () {
 *   return yield* choose(
 *     when(waitNext(numbers.getFuture()), (n) => `number ${n}`),
 *     when(sleep(1000), () => 'nothing'),
 *   )
 * })
 * console.log(await handle) // number 3
 */
export function choose<A extends When<unknown>[]>(...arms: A): TaskGenerator<ResultOf<A[number]>> {
  return onlyForYield(chosen(first(arms)) as TaskGenerator<ResultOf<A[number]>>)
}

function* chosen<R>(arms: Wait<Chosen<R>>): TaskGenerator<unknown> {
  const { arm, value } = yield* arms
  const result = arm.handler(value as never)
  return isGenerator(result) ? yield* result : result
}

/**
 * The first of several pollables that is ready, with its index; of several, the lowest index. The others are
 * given up, as by {@link choose}.
 *
 * @example
 * const { index } = await race([sleep(1000), sleep(10)])
 * console.log(index) // 1
 */
export function race<P extends Pollable<unknown>>(
  pollables: readonly P[],
): Wait<{ index: number; value: ValueOf<P> }> {
  checkArray('pollables', pollables)
  const own = pollables.map((pollable) => ownWait(pollable))
  return new First(own, (index, value) => ({ index, value: value as ValueOf<P> }))
}

interface Chosen<R> {
  readonly arm: When<R>
  readonly value: unknown
}

function first<R>(arms: When<R>[]): Wait<Chosen<R>> {
  if (arms.length === 0)
    throw new TypeError('choose needs at least one arm: it would wait for ever')
  const pollables = arms.map(pollableOf)
  return new First(pollables, (index, value) => ({ arm: arms[index] as When<R>, value }))
}

function pollableOf(arm: When<unknown> | null | undefined): Pollable<unknown> {
  const pollable = arm?.pollable
  if (typeof pollable?.poll === 'function' && typeof arm?.handler === 'function') return pollable
  throw new TypeError(`an arm of choose must be what when() gives, not ${describe(arm)}`)
}

class First<C> extends Wait<C> {
  readonly #pollables: readonly Pollable<unknown>[]
  readonly #choose: (index: number, value: unknown) => C

  constructor(
    pollables: readonly Pollable<unknown>[],
    choose: (index: number, value: unknown) => C,
  ) {
    super()
    this.#pollables = pollables
    this.#choose = choose
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return `the first of ${this.#pollables.map(describeWait).join(', ')}`
  }

  poll(waker: Waker): C | typeof PENDING {
    let over = true
    try {
      for (const [index, pollable] of this.#pollables.entries()) {
        const value = pollable.poll(waker)
        if (value !== PENDING) return this.#choose(index, value)
      }
      over = false
      return PENDING
    } finally {
      if (over) this.unregister()
    }
  }

  unregister(): void {
    for (const pollable of this.#pollables) pollable.unregister?.()
  }
}
