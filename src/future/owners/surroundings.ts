/**
 * What code finds around it: whose clock and chance it uses, and who owns the native handles that it makes. They are
 * entered around each poll of a task. Code behind an `await` is no poll: where it must find them too, in virtual time,
 * the async context carries them. Nothing is carried on the event loop, so it costs nothing there.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Environment } from '../../native/environment/environment.ts'
import type { HandleScope, Membership } from './handle-scope.ts'

/** An executor is one. */
export interface Surroundings {
  readonly environment: Environment
  /** Undefined: each handle's owner gives it back. */
  readonly scope: HandleScope | undefined
  /** Whose code goes on behind an `await`. Only where surroundings are carried. */
  readonly task?: object
}

let entered: Surroundings | undefined
/** Made when something is carried for the first time: a storage in use costs every promise of the process. */
let carrier: AsyncLocalStorage<Surroundings | undefined> | undefined

/** For synchronous code. Returns those before, to be put back. */
export function enterSurroundings(next: Surroundings | undefined): Surroundings | undefined {
  const before = entered
  entered = next
  return before
}

/** Calls back; all that begins in there is carried these surroundings, or none. */
export function carry<T>(surroundings: Surroundings | undefined, body: () => T): T {
  if (carrier === undefined) {
    if (surroundings === undefined) return body()
    carrier = new AsyncLocalStorage()
  }
  return carrier.run(surroundings, body)
}

/** Undefined: those of the process. */
export function currentSurroundings(): Surroundings | undefined {
  return entered ?? carriedSurroundings()
}

/** Those that the async context carries. */
export function carriedSurroundings(): Surroundings | undefined {
  return carrier?.getStore()
}

/** A handle that was made belongs to the scope around it, if there is one; its owner gives it back all the same. */
export function joinScope(handle: Disposable): Membership | undefined {
  return currentSurroundings()?.scope?.adopt(handle)
}
