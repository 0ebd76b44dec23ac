/**
 * What many may wait for at once gives each of them a wait of its own, which keeps that one's waker. Tasks, `choose`,
 * `timeout` and the like ask for it; a bare `poll` is for a single waiter, whose latest waker is kept.
 */
import type { Pollable } from './waker.ts'
import { describe } from '../../native/values/describe.ts'

/** The method that makes the wait. `lent`: who waits has no share in what is waited for. */
export const OWN_WAIT: unique symbol = Symbol.for('fdbkit.ownWait')

/** What many may wait for at once. */
export interface Sharable<T> extends Pollable<T> {
  [OWN_WAIT](lent: boolean): Pollable<T>
}

/** A wait of one's own for what may be shared; anything else is one already. */
export function ownWait<T>(pollable: Pollable<T>, lent = false): Pollable<T> {
  const make = (pollable as Partial<Sharable<T>> | null | undefined)?.[OWN_WAIT]
  if (make !== undefined) return make.call(pollable, lent)
  if (typeof (pollable as Partial<Pollable<T>> | null | undefined)?.poll === 'function')
    return pollable
  throw new TypeError(
    `pollable must be something with poll, not ${describe(pollable)}; a promise goes through fromPromise`,
  )
}
