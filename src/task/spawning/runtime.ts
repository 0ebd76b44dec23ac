import { HandleScope } from '../../future/owners/handle-scope.ts'
import { pin } from '../../future/owners/pinned.ts'
import { enterSurroundings } from '../../future/owners/surroundings.ts'
import { DeterministicEnvironment } from '../../native/environment/deterministic-environment.ts'
import { type Environment, hostEnvironment } from '../../native/environment/environment.ts'
import type { BaseExecutor, ExecutorOptions } from '../executors/base-executor.ts'
import { DeadlockError } from '../core/errors.ts'
import { InPlaceExecutor } from '../executors/in-place-executor.ts'
import type { JoinHandle } from './join-handle.ts'
import { QueueingExecutor } from '../executors/queueing-executor.ts'
import { fdbSpawn, type SpawnOptions, spawnQueued } from './spawn.ts'
import type { Executor } from '../core/task.ts'
import type { TaskSource } from '../core/task-body.ts'

/** How a {@link Runtime} behaves. */
export interface RuntimeOptions extends ExecutorOptions {
  /** Clock, timers and chance. Default: the process's own. */
  environment?: Environment
  /** What a wake does: put the task into the fair queue (default), or poll it in place. */
  waking?: 'queued' | 'in place'
}

/**
 * Tasks, a fair queue, and an environment for time and chance. The same program runs on the event loop (host
 * environment) and in virtual time (deterministic environment).
 *
 * @example
 * using runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 7 }) })
 * const value = runtime.runSync(function* () {
 *   const handle = runtime.spawn(function* () {
 *     yield* sleep(1000) // of virtual time
 *     return 5
 *   })
 *   return yield* handle
 * })
 */
export class Runtime {
  /** Clock, timers and chance of its tasks. */
  readonly environment: Environment
  readonly #executor: BaseExecutor
  readonly #queue: QueueingExecutor | undefined
  readonly #handles = new HandleScope()
  #turnAsked = false

  constructor(options: RuntimeOptions = {}) {
    this.environment = options.environment ?? hostEnvironment
    const { environment } = this
    // In virtual time an async function must not find the process's clock behind its first `await`.
    const carries = environment instanceof DeterministicEnvironment
    const shared = { ...options, scope: this.#handles, carries }
    if (options.waking === 'in place') {
      this.#executor = new InPlaceExecutor(environment, shared)
    } else {
      this.#queue = new QueueingExecutor(environment, {
        ...shared,
        onReady: () => this.#askForTurn(),
      })
      this.#executor = this.#queue
    }
    pin(this, 'a Runtime')
  }

  /** Who polls its tasks: for `fdbSpawn({ executor })`. */
  get executor(): Executor {
    return this.#executor
  }

  /** How many tasks are alive. */
  get size(): number {
    return this.#executor.size
  }

  /** Adds a task to the queue: its first poll comes after those that wait already. */
  spawn<T>(source: TaskSource<T>, options: SpawnOptions = {}): JoinHandle<T> {
    const inRuntime = { ...options, executor: this.executor }
    return this.#queue === undefined
      ? fdbSpawn(source, inRuntime)
      : spawnQueued(source, this.#queue, inRuntime)
  }

  /** Adds a task and polls it at once: it runs to its first suspension point before this returns. */
  fdbSpawn<T>(source: TaskSource<T>, options: SpawnOptions = {}): JoinHandle<T> {
    return fdbSpawn(source, { ...options, executor: this.executor })
  }

  /**
   * Runs the outermost task, and all it spawns, until it ends. In a deterministic environment this steps the
   * environment, one event at a time, with every microtask in between; otherwise the event loop does.
   */
  async run<T>(source: TaskSource<T>, options: SpawnOptions = {}): Promise<T> {
    const environment = this.environment
    if (!(environment instanceof DeterministicEnvironment)) return this.spawn(source, options)
    const handle = this.spawn(source, options).keep()
    const outside = new Outside(environment, handle)
    await settleMicrotasks()
    while (!handle.isFinished) {
      if (!this.#within(() => environment.step())) await outside.next()
      await settleMicrotasks()
    }
    return await this.#within(() => handle.then())
  }

  /**
   * Like {@link Runtime.run}, but returns when it is done: for a deterministic environment and tasks that wait for
   * nothing outside of it (generators, timers, channels; no promises, no database).
   *
   * @throws TypeError in another environment; DeadlockError when nothing is left that could wake the task.
   */
  runSync<T>(source: TaskSource<T>, options: SpawnOptions = {}): T {
    const environment = this.environment
    if (!(environment instanceof DeterministicEnvironment)) {
      throw new TypeError(
        'runSync needs a DeterministicEnvironment: on the event loop, await run()',
      )
    }
    return this.#within(() => {
      const handle = this.spawn(source, options).keep()
      while (!handle.isFinished) {
        if (environment.step()) continue
        const who = `task ${handle.id} (${handle.name})`
        throw new DeadlockError(
          `nothing is left to run, and ${who} waits: ${handle.describeState()}`,
        )
      }
      return handle.result()
    })
  }

  /** The clock of its environment is in force meanwhile; handles belong to tasks only. */
  #within<T>(body: () => T): T {
    const before = enterSurroundings({ environment: this.environment, scope: undefined })
    try {
      return body()
    } finally {
      enterSurroundings(before)
    }
  }

  #askForTurn(): void {
    if (this.#turnAsked) return
    this.#turnAsked = true
    this.environment.defer(() => {
      this.#turnAsked = false
      this.#queue?.pollPending()
    })
  }

  /** Cancels every task, releases every native handle that they made, and takes no more tasks. */
  dispose(): void {
    this.#executor.dispose()
    this.#handles.dispose()
  }

  /** As `dispose`. */
  [Symbol.dispose](): void {
    this.dispose()
  }
}

/** Lets every microtask run: the event loop gets to a macrotask only after them. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * What goes on when nothing is left to step: something outside, such as the network thread, makes the next event, or
 * ends the task where a wake polls in place.
 */
class Outside {
  readonly #environment: DeterministicEnvironment
  readonly #handle: JoinHandle<unknown>
  #goOn: (() => void) | undefined
  #listening = false

  constructor(environment: DeterministicEnvironment, handle: JoinHandle<unknown>) {
    this.#environment = environment
    this.#handle = handle
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve
      this.#environment.onNextEvent(resolve)
      if (this.#listening) return
      this.#listening = true
      const goOn = (): void => this.#goOn?.()
      void this.#handle.then(goOn, goOn)
    })
  }
}
