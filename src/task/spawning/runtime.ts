import { HandleScope } from '../../future/owners/handle-scope.ts'
import { pin } from '../../future/owners/pinned.ts'
import { enterSurroundings } from '../../future/owners/surroundings.ts'
import { DeterministicEnvironment } from '../../native/environment/deterministic-environment.ts'
import { type Environment, hostEnvironment } from '../../native/environment/environment.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { BaseExecutor, ExecutorOptions } from '../executors/base-executor.ts'
import { DeadlockError } from '../core/errors.ts'
import { describeAwaits } from '../waits/promise-of.ts'
import { Outside } from './outside.ts'
import { InPlaceExecutor } from '../executors/in-place-executor.ts'
import type { JoinHandle } from './join-handle.ts'
import { onNothingLeft } from './process-end.ts'
import { QueueingExecutor } from '../executors/queueing-executor.ts'
import { fdbSpawn, type SpawnOptions, spawnQueued } from './spawn.ts'
import type { Executor } from '../core/task.ts'
import type { TaskSource } from '../core/task-body.ts'
import { kind } from '../../native/values/kinds.ts'

/** A deadlock names so many that wait. */
const NAMED = 10

/** How a {@link Runtime} behaves. */
export interface RuntimeOptions extends ExecutorOptions {
  /** Clock, timers and chance. Default: the process's own. */
  environment?: Environment
  /** What a wake does: put the task into the fair queue (default), or poll it in place. */
  waking?: 'queued' | 'in place'
}

const KNOWN = knownOptions<RuntimeOptions>('a Runtime', {
  environment: true,
  waking: true,
  onUnjoinedError: true,
  scope: true,
  carries: true,
  taskLimit: true,
})

/** How a task of a runtime is started: who polls it is the runtime's own. */
export type RuntimeSpawnOptions = Omit<SpawnOptions, 'executor'>

const KNOWN_OF_TASK = knownOptions<RuntimeSpawnOptions>('a task of a Runtime', {
  name: true,
  ending: true,
  owns: true,
})

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
    checkOptions(KNOWN, options)
    const { environment = hostEnvironment, waking, ...told } = options
    this.environment = environment
    // In virtual time an async function must not find the process's clock behind its first `await`.
    const carries = environment instanceof DeterministicEnvironment
    const shared = { ...told, scope: this.#handles, carries }
    if (waking === 'in place') {
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
  spawn<T>(source: TaskSource<T>, options: RuntimeSpawnOptions = {}): JoinHandle<T> {
    checkOptions(KNOWN_OF_TASK, options)
    const inRuntime = { ...options, executor: this.executor }
    return this.#queue === undefined
      ? fdbSpawn(source, inRuntime)
      : spawnQueued(source, this.#queue, inRuntime)
  }

  /** Adds a task and polls it at once: it runs to its first suspension point before this returns. */
  fdbSpawn<T>(source: TaskSource<T>, options: RuntimeSpawnOptions = {}): JoinHandle<T> {
    checkOptions(KNOWN_OF_TASK, options)
    return fdbSpawn(source, { ...options, executor: this.executor })
  }

  /**
   * Runs the outermost task, and all it spawns, until it ends. In a deterministic environment this steps the
   * environment, one event at a time, with every microtask in between; otherwise the event loop does.
   *
   * In a deterministic environment nothing can wake it any more when no event is left there, no operation of a database
   * is in flight, and the process has no timer, request or connection under way that it had not when this began. In
   * another one that is when the process, or the worker, would end: its `beforeExit`.
   *
   * @throws CancelledError when the runtime is disposed of; DeadlockError when nothing can wake it any more: it names who
   * waits for what.
   */
  async run<T>(source: TaskSource<T>, options: RuntimeSpawnOptions = {}): Promise<T> {
    const environment = this.environment
    const handle = this.spawn(source, options).keep()
    if (!(environment instanceof DeterministicEnvironment)) return this.#untilNothingIsLeft(handle)
    const outside = new Outside(environment, handle)
    try {
      await settleMicrotasks()
      while (!handle.isFinished) {
        const goesOn = this.#within(() => environment.step()) || (await outside.next())
        if (!goesOn) throw this.#deadlock(handle)
        await settleMicrotasks()
      }
    } finally {
      outside.end()
    }
    return await this.#within(() => handle.then())
  }

  /** On the event loop: its outcome, or a DeadlockError when the process would end before it. */
  async #untilNothingIsLeft<T>(handle: JoinHandle<T>): Promise<T> {
    let stop = (): void => undefined
    const deadlock = new Promise<never>((_, reject) => {
      stop = onNothingLeft(() => reject(this.#deadlock(handle)))
    })
    try {
      return await Promise.race([handle, deadlock])
    } finally {
      stop()
    }
  }

  /**
   * Like {@link Runtime.run}, but returns when it is done: for a deterministic environment and tasks that wait for
   * nothing outside of it (generators, timers, channels; no promises, no database).
   *
   * @throws TypeError in another environment; DeadlockError when nothing is left that could wake the task.
   */
  runSync<T>(source: TaskSource<T>, options: RuntimeSpawnOptions = {}): T {
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
        throw this.#deadlock(handle)
      }
      return handle.result()
    })
  }

  /** Names who waits for what: the task that was run, the others, and what async functions await. */
  #deadlock(handle: JoinHandle<unknown>): DeadlockError {
    const who = `task ${handle.id} (${handle.name})`
    const waits = [...this.#executor.describeWaits(), ...describeAwaits(this.environment)]
    const more = waits.length > NAMED ? [`and ${waits.length - NAMED} more`] : []
    const list = [...waits.slice(0, NAMED), ...more].join('; ')
    const state = handle.describeState()
    return new DeadlockError(`nothing is left to run, and ${who} waits: ${state}; ${list}`)
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

kind(Runtime, 'Runtime')

/** Lets every microtask run: the event loop gets to a macrotask only after them. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
