/**
 * Time, timers, chance and the machine become the simulation's in the workload process. Node's own copies
 * of the functions are replaced in its modules, so that named imports see them too.
 */
import { syncBuiltinESMExports } from 'node:module'
import { refuseRealCalls } from './refused-calls.ts'
import { installSimulatedChance } from './simulated-chance.ts'
import type { SimulatedClock } from '../bridge/simulated-clock.ts'
import { clientFor, installSimulatedEnvironment } from './simulated-environment.ts'
import { installSimulatedMachine } from './simulated-machine.ts'
import { installSimulatedTime } from './simulated-time.ts'
import { installTimers } from './simulated-timers.ts'

export function installSimulatedGlobals(clock: SimulatedClock): void {
  installSimulatedTime(clock)
  installSimulatedChance(installSimulatedEnvironment(clock))
  installTimers(clientFor)
  installSimulatedMachine(clock)
  refuseRealCalls()
  syncBuiltinESMExports()
}
