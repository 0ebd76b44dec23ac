/** What whoever waits is told when the ring was closed before the answer came. */
import { FDBStateError, markMaybeCommitted } from '../../native/errors/errors.ts'
import { Code, operationOf } from './commands.ts'

/** @param code the command, with or without flags; `mayHaveEffect` is about a commit. */
export function lostAnswer(
  code: number,
  mayHaveEffect = (code & 0xff) === Code.commit,
): FDBStateError {
  const error = new FDBStateError(
    `The completion ring of this worker was closed while ${operationOf(code)} was in flight: ` +
      'it was cancelled, and whether it took effect is unknown.',
  )
  if (mayHaveEffect) markMaybeCommitted(error)
  return error
}
