/** Tasks, channels, timers and the retry loop of a workload run on simulated time without being told to. */
import { seededRandom } from '../../native/environment/deterministic-environment.ts'
import {
  hostEnvironment,
  type Environment,
  type TimerHandle,
} from '../../native/environment/environment.ts'
import { currentClient } from '../client/current-client.ts'
import { clearSimulatedTimer } from '../client/simulated-client.ts'
import type { SimulatedClient } from '../client/simulated-client.ts'
import type { SimulatedClock } from '../bridge/simulated-clock.ts'

/** What is loaded before there is a client has a stream of its own. */
const SHARED_SEED = 1

/** Whose code runs; `what` is what it asked for. */
export function clientFor(what: string): SimulatedClient {
  const client = currentClient()
  if (client !== undefined) return client
  throw new Error(
    `${what} needs a simulated client: there is none while a package is loaded, nor in a callback that ` +
      'belongs to no client. Call it in the workload.',
  )
}

/** The process's own environment becomes that of whichever client runs. Returns its chance. */
export function installSimulatedEnvironment(clock: SimulatedClock): () => number {
  const shared = seededRandom(SHARED_SEED)
  const random = (): number => (currentClient()?.environment.random ?? shared)()
  const simulated: Environment = {
    now: () => clock.milliseconds,
    random,
    setTimer: (delay: number, callback: () => void): TimerHandle =>
      clientFor('a timer').environment.setTimer(delay, callback),
    clearTimer: clearSimulatedTimer,
    defer: (callback) => queueMicrotask(callback),
  }
  Object.assign(hostEnvironment, simulated)
  return random
}
