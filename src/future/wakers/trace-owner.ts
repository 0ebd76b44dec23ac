/**
 * Whose code runs, for the trace: the task and the run of a transaction, also behind an `await`, where no waker names
 * them. Carried by an AsyncLocalStorage, which is made and entered only while somebody listens to the events.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Environment } from '../../native/environment/environment.ts'

/** How a scope of keys shows one of them, or a range, to people. */
export interface KeyScope {
  /** The key, or the range that begins there and ends before `endKey`. */
  show(key: Uint8Array, endKey?: Uint8Array): string
}

/** The run of a transaction that events belong to. */
export interface TracedRun extends KeyScope {
  /** Counts from 1 in this worker. */
  readonly id: number
  /** The attempt under way: 1, 2, 3, ... */
  readonly attempt: number
}

/** Whom an event belongs to that no waker names. */
export interface TraceOwner {
  /** 0: none. */
  readonly taskId: number
  readonly run: TracedRun | undefined
  /** What happens is the trace's own doing, and not told of. */
  readonly untold?: boolean
  /** Its clock stamps what happens behind an `await`, too. */
  readonly environment: Environment
}

/** In use it costs every promise of the process, so there is none until the first event has an owner. */
let storage: AsyncLocalStorage<TraceOwner> | undefined

/** Calls back; what happens in there, and behind its awaits, belongs to the owner. For listeners only. */
export function ownedBy<A, R>(owner: TraceOwner, callback: (argument: A) => R, argument: A): R {
  storage ??= new AsyncLocalStorage()
  return storage.run(owner, callback, argument)
}

/** Undefined outside of tasks and runs. */
export function traceOwner(): TraceOwner | undefined {
  return storage?.getStore()
}

/** Nobody listens any more: promises cost again what they did before. */
export function forgetTraceOwners(): void {
  storage?.disable()
  storage = undefined
}
