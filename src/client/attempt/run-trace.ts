/**
 * The run of a transaction as events: when it began, its attempts, how each ended. Made only while somebody listens.
 * What the function of the run calls, and what it awaits, finds the run through the owner of its async context.
 */
import { failureText } from '../../native/errors/failure-text.ts'
import { callSite } from '../../native/values/call-site.ts'
import {
  currentEnvironment,
  emit,
  nextRunId,
  type EventDetails,
  type LifecycleType,
} from '../../future/wakers/lifecycle.ts'
import {
  ownedBy,
  traceOwner,
  type TracedRun,
  type TraceOwner,
} from '../../future/wakers/trace-owner.ts'
import { startsWith } from '../keys/bytes.ts'
import { showKey, showRange } from '../keys/show-key.ts'
import { root, type Subspace } from '../keys/subspace.ts'
import { defaultTransformer } from '../keys/transformer.ts'

type AnySubspace = Subspace<never, unknown, never, unknown>

/** Scopes of a run that are remembered, to show its keys. */
const MOST_SCOPES = 64

const PLACE = 'RetryLoop::run'

export class RunTrace implements TracedRun {
  readonly id = nextRunId()
  /** The task whose code called the run, and the clock there. */
  readonly #owner: TraceOwner
  readonly #scopes: AnySubspace[] = []
  #attempt = 0

  /** @param name the option's, or the function's; empty when it has none. */
  constructor(name: string) {
    const caller = traceOwner()
    const environment = caller?.environment ?? currentEnvironment()
    this.#owner = { taskId: caller?.taskId ?? 0, run: this, environment }
    this.#tell('run', name === '' ? undefined : { name }, callSite())
  }

  get attempt(): number {
    return this.#attempt
  }

  /** What happens in there, and behind its awaits, is the run's. */
  within<R>(callback: () => R): R {
    return ownedBy(this.#owner, callback, undefined)
  }

  /** What is asked only for the trace is no part of it. */
  untold<R>(callback: () => R): R {
    return ownedBy({ ...this.#owner, untold: true }, callback, undefined)
  }

  /** An attempt begins. */
  began(attempt: number): void {
    this.#attempt = attempt
    this.#tell('attempt')
  }

  /** A range that others wrote, and this attempt had read. */
  conflicted(key: Uint8Array, endKey: Uint8Array): void {
    this.#tell('conflict', { key, endKey })
  }

  /** The attempt is over. */
  failed(error: unknown): void {
    this.#tell('failed', { error: failureText(error) })
  }

  /** The attempt was applied, or had nothing to apply. */
  committed(): void {
    this.#tell('committed')
  }

  /** The run is over, well or with the error that it ends with. */
  finished(error?: unknown): void {
    this.#tell('finished', error === undefined ? undefined : { error: failureText(error) })
  }

  #tell(type: LifecycleType, details?: EventDetails, place = PLACE): void {
    this.within(() => emit(type, place, undefined, 0, details))
  }

  /** A view of the transaction was made. */
  see(subspace: AnySubspace): void {
    if (this.#scopes.length < MOST_SCOPES && !this.#scopes.includes(subspace)) {
      this.#scopes.push(subspace)
    }
  }

  show(key: Uint8Array, endKey?: Uint8Array): string {
    const scope = this.#scopeOf(key)
    return endKey === undefined ? showKey(scope, key) : showRange(scope, key, endKey)
  }

  /** The innermost that the key is in; of several there, one that has an encoding. */
  #scopeOf(key: Uint8Array): AnySubspace {
    let best: AnySubspace = root
    for (const scope of this.#scopes) {
      if (!startsWith(key, scope.prefix)) continue
      if (weight(scope) >= weight(best)) best = scope
    }
    return best
  }
}

function weight({ prefix, keyXf, directory }: AnySubspace): number {
  const isEncoded = (keyXf as unknown) !== defaultTransformer
  return prefix.length * 4 + (isEncoded ? 2 : 0) + (directory === undefined ? 0 : 1)
}
