import type { FDBError } from '../native/errors/errors.ts'
import { describe } from '../native/values/describe.ts'

/** What the callback forms of methods call once they are done. */
export type Callback<T> = (error: FDBError | null, result?: T) => void

/** Hands a result to a callback when there is one, and is the promise when there is none. */
export function answer<T>(
  result: Promise<T>,
  callback: Callback<T> | undefined,
): Promise<T> | void {
  if (callback === undefined) return result
  if (typeof callback !== 'function') {
    // Nobody hears of it: what was begun ends by itself.
    result.catch(() => undefined)
    throw new TypeError(`callback must be a function, not ${describe(callback)}`)
  }
  result.then(
    (value) => callback(null, value),
    (error: FDBError) => callback(error),
  )
}
