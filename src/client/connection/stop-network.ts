import { tellNetworkEnd } from '../../future/ring/network-end.ts'
import { openedRing } from '../../future/ring/ring.ts'
import { FDBStateError } from '../../native/errors/errors.ts'
import { networkInfo, stopNetworkThread } from '../../native/library/network.ts'

/**
 * Stops the network of the process and joins its thread. What is in flight, in every worker, fails with FDBStateError:
 * whether it took effect is unknown. The process does this by itself when it exits. The C API cannot start the network
 * again. `fdb_stop_network`.
 *
 * @throws FDBStateError when the network does not run, or was stopped before.
 * @example
 * db.close()
 * stopNetwork() // nothing can be opened in this process any more
 */
export function stopNetwork(): void {
  const { state } = networkInfo()
  if (state !== 'running') {
    throw new FDBStateError(
      `The network of this process does not run, so it cannot be stopped: it is ${state}.`,
    )
  }
  stopNetworkThread()
  tellNetworkEnd()
  openedRing()?.close()
}
