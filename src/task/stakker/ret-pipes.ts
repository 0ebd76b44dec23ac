/** Between Ret and future: spawn, push pipe, pull pipe. */
import { checkInstance } from '../../native/values/arguments.ts'
import { WAITS_FOR } from '../../future/wakers/waits-for.ts'
import { PENDING, type Waker } from '../../future/wakers/waker.ts'
import type { JoinHandle } from '../spawning/join-handle.ts'
import { checkSpawnOptions, fdbSpawn, type SpawnOptions } from '../spawning/spawn.ts'
import { bodyOf, type TaskSource } from '../core/task-body.ts'
import { causeOfDrop, receive } from '../core/belongings.ts'
import { WaitSet } from '../core/wait-set.ts'
import { Wait } from '../waits/wait.ts'
import { actorFailed, dropWholeTask, type Result } from './failure.ts'
import { type Maybe, Ret } from './ret.ts'

/**
 * Future to Ret: runs the future in the background and passes its value to the Ret.
 *
 * @example await spawnRet(async () => 5, new Ret((maybe) => console.log(maybe?.value)))
 */
export function spawnRet<T>(
  source: TaskSource<T>,
  ret: Ret<T>,
  options: SpawnOptions = {},
): JoinHandle<void> {
  checkInstance('ret', ret, Ret)
  checkSpawnOptions(options)
  const body = bodyOf(source)
  function* run(): Generator<typeof body, void, unknown> {
    let returned = false
    try {
      const value = (yield body) as T
      returned = true
      ret.ret(value)
    } finally {
      // It failed, or was cancelled: the one who asked must learn that nothing comes.
      if (!returned) {
        body.end()
        ret.drop()
      }
    }
  }
  return fdbSpawn(run, { name: 'spawnRet', ...options, owns: [ret, ...(options.owns ?? [])] })
}

/**
 * Ret to future, made now: the future resolves as soon as the Ret is used. Its failure drops the task.
 *
 * @example
 * const { ret, future } = pushPipe<number>()
 * ret.ret(5)
 * console.log(await future)
 */
export function pushPipe<T>(): { ret: Ret<T>; future: Wait<T> } {
  const pipe = new Pipe<T>()
  return { ret: pipe.makeRet(), future: new PipeValue(pipe) }
}

/**
 * Like {@link pushPipe}; its failure is passed on as a value.
 *
 * @example
 * const { ret, future } = pushPipeResult<number>()
 * ret.drop()
 * console.log((await future).ok) // false
 */
export function pushPipeResult<T>(): { ret: Ret<T>; future: Wait<Result<T>> } {
  const pipe = new Pipe<T>()
  return { ret: pipe.makeRet(), future: new PipeResult(pipe) }
}

/**
 * A future that asks `request` for the value when it is first polled. Its failure drops the task.
 *
 * @example
 * const request = new Ret<Ret<number>>((maybe) => maybe?.value.ret(5))
 * console.log(await pullPipe(request))
 */
export function pullPipe<T>(request: Ret<Ret<T>>): Wait<T> {
  checkInstance('request', request, Ret)
  return new PipeValue(new Pipe<T>(request))
}

/**
 * Like {@link pullPipe}; its failure is passed on as a value.
 *
 * @example
 * const request = new Ret<Ret<number>>((maybe) => maybe?.value.ret(5))
 * console.log(await pullPipeResult(request))
 */
export function pullPipeResult<T>(request: Ret<Ret<T>>): Wait<Result<T>> {
  checkInstance('request', request, Ret)
  return new PipeResult(new Pipe<T>(request))
}

const UNUSED = 'its Ret was dropped unused'

class Pipe<T> {
  readonly waiters = new WaitSet()
  result: { readonly maybe: Maybe<T> } | undefined
  /** Why it failed, when that is known. */
  cause: { readonly cause: unknown } | undefined
  #request: Ret<Ret<T>> | undefined

  constructor(request?: Ret<Ret<T>>) {
    this.#request = request
  }

  makeRet(): Ret<T> {
    return new Ret<T>((maybe) => {
      this.result = { maybe }
      this.cause = causeOfDrop()
      this.waiters.wakeAll('Ret::ret')
    })
  }

  /** What came through; PENDING until then. The first poll of a pull pipe asks for it. */
  poll(waker: Waker): Maybe<T> | typeof PENDING {
    const request = this.#request
    this.#request = undefined
    request?.ret(this.makeRet())
    if (this.result !== undefined) return this.result.maybe
    this.waiters.register(this, waker, 'Ret::poll')
    return PENDING
  }

  unregister(): void {
    this.waiters.forget(this, 'Ret::unregister')
  }
}

class PipeValue<T> extends Wait<T> {
  readonly #pipe: Pipe<T>

  constructor(pipe: Pipe<T>) {
    super()
    this.#pipe = pipe
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a Ret'
  }

  poll(waker: Waker): T | typeof PENDING {
    const maybe = this.#pipe.poll(waker)
    if (maybe === PENDING) return PENDING
    if (maybe === undefined) return dropWholeTask(UNUSED, this.#pipe.cause)
    return receive(maybe.value)
  }

  unregister(): void {
    this.#pipe.unregister()
  }
}

class PipeResult<T> extends Wait<Result<T>> {
  readonly #pipe: Pipe<T>

  constructor(pipe: Pipe<T>) {
    super()
    this.#pipe = pipe
  }

  /** @internal */
  get [WAITS_FOR](): string {
    return 'a Ret'
  }

  poll(waker: Waker): Result<T> | typeof PENDING {
    const maybe = this.#pipe.poll(waker)
    if (maybe === PENDING) return PENDING
    if (maybe === undefined) return actorFailed(UNUSED, this.#pipe.cause)
    return { ok: true, value: receive(maybe.value) }
  }

  unregister(): void {
    this.#pipe.unregister()
  }
}
