import type { FDBError } from '../native/errors/errors.ts'

/** What the callback forms of methods call once they are done. */
export type Callback<T> = (error: FDBError | null, result?: T) => void

/** Hands a result to a callback when there is one, and is the promise when there is none. */
export function answer<T>(
  result: Promise<T>,
  callback: Callback<T> | undefined,
): Promise<T> | void {
  if (callback === undefined) return result
  result.then(
    (value) => callback(null, value),
    (error: FDBError) => callback(error),
  )
}
