import { brand } from '../../native/values/kinds.ts'

/**
 * The lease is somebody else's by now, or was given back: what was guarded by it must not be done. Of a lock, of a
 * leadership, or of a message of a queue.
 *
 * @example
 * const held = await new Lock(db.at('lock/')).acquire()
 * try {
 *   await db.doTransaction((tn) => held.guard(tn))
 * } catch (error) {
 *   if (error instanceof LeaseLostError) console.error('lost it')
 * } finally {
 *   await held.release()
 * }
 */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
  /** For programs that look at codes. */
  readonly code = 'ERR_FDBKIT_LEASE_LOST'

  /** @internal */
  constructor(lease: string, advice: string) {
    super(`the lease ${lease} was lost: ${advice}`)
  }
}

brand(LeaseLostError, 'LeaseLostError')
