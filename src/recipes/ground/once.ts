import type { Given } from '../../client/attempt/transaction-function.ts'
import type { Attempt } from '../../client/run/retry-loop.ts'
import type { RunOptions } from '../../client/database/database.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import type { AnyScope, RawScope } from './scope.ts'
import { recipeScope } from './scope.ts'
import { uniqueId } from './unique-id.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkFunction } from '../../native/values/arguments.ts'

/** So many markers of operations that are done go with the next transaction. */
const CLEARED_AT_ONCE = 16

/** A root transaction: the body takes the views that it needs with `tn.at`. */
export type OnceBody<T> = (tn: Transaction, attempt: Attempt) => Given<T>

/**
 * Runs transactions whose effect happens exactly once, also when a commit ends with
 * `commit_unknown_result` (1021) and the retry loop runs the function again.
 *
 * Each run draws an id and writes a marker under it in the same transaction: the number of the attempt.
 * An attempt that comes after an unknown one reads the marker first. When it is there, the earlier
 * attempt was applied: its result, which was kept, is the result of the run. The marker is also a read conflict,
 * so of two attempts in flight at most one is applied.
 *
 * Guarantee: when `run` resolves, one attempt was applied, once, and its result is what `run` gives. When it rejects
 * with an error that says `maybeCommitted`, it was applied once or not at all.
 *
 * Markers of runs that are done go with a later transaction of the same object, or with `sweep`. A
 * process that dies leaves at most as many markers as it had runs going, and those of its last runs.
 *
 * @example
 * const once = new Once(db.at('done/'))
 * const five = Buffer.from([5, 0, 0, 0, 0, 0, 0, 0])
 * await once.run((tn) => tn.add('balance', five))
 */
export class Once {
  readonly #scope: RawScope
  #done: Buffer[] = []

  /** @param db the scope that the markers live in, and nothing else. */
  constructor(db: AnyScope<never, unknown>) {
    this.#scope = recipeScope(db, 'Once').withValueEncoding()
  }

  /** @returns what the attempt that was applied returned. */
  async run<T>(body: OnceBody<T>, options?: RunOptions): Promise<T> {
    checkFunction('body', body)
    const id = uniqueId(this.#scope.environment)
    const results = new Map<number, T>()
    const clearing = this.#done.splice(0, CLEARED_AT_ONCE)
    try {
      const applied = await this.#scope
        .getRoot()
        .doTransaction(
          (tn, attempt) => this.#attempt(id, results, clearing, body, tn, attempt),
          options,
        )
      clearing.length = 0
      return results.get(applied) as T
    } finally {
      // After a failure the marker may be there as well.
      this.#done.push(id, ...clearing)
    }
  }

  async #attempt<T>(
    id: Buffer,
    results: Map<number, T>,
    clearing: readonly Buffer[],
    body: OnceBody<T>,
    tn: Transaction,
    attempt: Attempt,
  ): Promise<number> {
    const markers = tn.at(this.#scope)
    if (attempt.maybeCommitted) {
      const marker = await markers.get(id)
      if (marker !== undefined) return marker.readUInt32BE()
    } else {
      markers.conflicts.addReadKey(id)
    }
    results.set(attempt.number, await tn.doTransaction((part) => body(part, attempt)))
    const marker = Buffer.alloc(4)
    marker.writeUInt32BE(attempt.number)
    markers.set(id, marker)
    for (const done of clearing) markers.clear(done)
    return attempt.number
  }

  /** Clears the markers of runs that are done and still have one. Those of runs under way stay. */
  async sweep(): Promise<void> {
    const clearing = this.#done.splice(0)
    try {
      while (clearing.length > 0) {
        const part = clearing.slice(-1000)
        await this.#scope.doOneshot((markers) => {
          for (const done of part) markers.clear(done)
        })
        clearing.length -= part.length
      }
    } finally {
      this.#done.push(...clearing)
    }
  }
}

kind(Once, 'Once')
