/** Faults that a simulation goes without: as somebody asks for it, or as a swarm draws it for each seed. */
import { seededRandom } from '../../../native/environment/deterministic-environment.ts'
import { UsageError } from '../../ground/errors.ts'
import type { Simulation } from '../run/simulator.ts'
import { faultsOf, withoutFaults } from '../run/test-spec.ts'

/** Kinds of faults that the embedded engine's cluster has with buggify. */
export const ENGINE_FAULTS = [
  'slowMessage',
  'readVersionRefused',
  'readTooOld',
  'readFutureVersion',
  'readBehind',
  'commitConflict',
  'commitTooOld',
  'commitRefused',
  'commitLost',
  'commitAnswerLost',
  'watchSpurious',
  'watchLate',
  'staleRiskyRead',
] as const

/** What of its faults a simulation has. */
export interface FaultChoice {
  readonly buggify: boolean
  /** Fault workloads of the test, and kinds of faults of the engine, that it goes without. */
  readonly without: readonly string[]
}

type Faults = Pick<Simulation, 'fdbserver' | 'test'>

/** All that can be left out of a test on its simulator. */
export function faultNames({ fdbserver, test }: Faults): string[] {
  return [...faultsOf(test.text), ...(fdbserver === undefined ? ENGINE_FAULTS : [])]
}

/** @throws UsageError for a name that the simulation does not have. */
export function checkWithout(names: readonly string[], faults: Faults): void {
  const known = faultNames(faults)
  const wrong = names.find((name) => !known.includes(name))
  if (wrong === undefined) return
  throw new UsageError(`there are no faults ${wrong} here to go without, only ${known.join(', ')}`)
}

/** The simulators draw from the seed themselves: a swarm draws from another stream. */
const SWARM = 0x5eed_5a1e

/**
 * Half of the faults, by chance, and in one of eight seeds none of the simulator's own: a fault that is always there can
 * hide what only happens without it. The same for the same seed; what was left out before stays out.
 */
export function drawFaults(seed: number, all: FaultChoice, names: readonly string[]): FaultChoice {
  const random = seededRandom((seed ^ SWARM) >>> 0)
  const buggify = random() >= 1 / 8 && all.buggify
  const drawn = names.filter(() => random() < 0.5)
  return { buggify, without: [...new Set([...all.without, ...drawn])] }
}

/** The simulation without those faults. */
export function withFaults<S extends Simulation>(simulation: S, choice: FaultChoice): S {
  const { buggify, without } = choice
  const text = withoutFaults(
    simulation.test.text,
    without.filter((name) => !isOfEngine(name)),
  )
  const none = without.filter(isOfEngine).map((name) => [name, 0] as const)
  const faults = none.length === 0 ? simulation.faults : Object.fromEntries(none)
  return { ...simulation, test: { ...simulation.test, text }, buggify, faults }
}

const isOfEngine = (name: string): boolean => (ENGINE_FAULTS as readonly string[]).includes(name)
