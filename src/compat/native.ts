import { isMaybeCommitted, isRetryable, isRetryableNotCommitted } from '../native/errors/errors.ts'
import { ErrorPredicate } from '../native/generated/error-predicate.ts'
import { stopNetwork } from '../client/connection/stop-network.ts'
import { setAPIVersion } from './open.ts'

export type { NativeValue } from '../client/keys/bytes.ts'
export type { Watch } from '../client/transaction/watch.ts'
export type { Callback } from './callback.ts'
export type { Version } from './bytes/version-bytes.ts'
import { shown } from '../native/values/describe.ts'

/**
 * How the native part is bound: koffi is an addon of this kind.
 *
 * @example console.log(modType) // napi
 */
export const type = 'napi'

const predicates: Record<ErrorPredicate, (code: number) => boolean> = {
  [ErrorPredicate.Retryable]: isRetryable,
  [ErrorPredicate.MaybeCommitted]: isMaybeCommitted,
  [ErrorPredicate.RetryableNotCommitted]: isRetryableNotCommitted,
}

/** The part of node-foundationdb's native module that programs have a use for. */
export default {
  setAPIVersion: (version: number): void => setAPIVersion(version),
  setAPIVersionImpl: setAPIVersion,
  stopNetwork,
  errorPredicate: (test: ErrorPredicate, code: number): boolean => {
    if (!Object.hasOwn(predicates, test)) {
      throw new TypeError(`test is one of ErrorPredicate, not ${shown(test)}`)
    }
    return predicates[test](code)
  },
}
