/** Runs a workload of the fixtures on the embedded engine, and in fdbserver on the smallest cluster that it makes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { findFdbserver } from '../../src/cli/sim/run/find-fdbserver.ts'
import { runSeed, type SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const fdbserver = findFdbserver()

if (fdbserver === undefined) {
  console.error('fdbkit: there is no fdbserver, so the simulations of test/simulation are skipped')
}

/** A suite that needs fdbserver; two simulations at a time. */
export const describeSimulation = fdbserver === undefined ? describe.skip : describe

export interface Simulation {
  readonly module: string
  /** The whole test file, instead of the small one with the settings and options. */
  readonly test?: string
  readonly workload?: string
  readonly seed?: number
  /** Lines of the test file, for the workload's options. */
  readonly options?: readonly string[]
  /** Lines of the test itself. */
  readonly settings?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly library?: string
  readonly timeout?: number
  readonly traceEvents?: readonly string[]
  readonly inspect?: number
  readonly onStart?: (pid: number) => void
  readonly onOutput?: (text: string) => void
}

export type Simulate = (simulation: Simulation) => Promise<SeedResult>

/** On the embedded engine only: for what does not depend on the simulator. */
export const simulateEmbedded: Simulate = (simulation) => turnOf(simulation, undefined)

/** The same suite on both simulators; without fdbserver on the embedded one. */
export function onEachSimulator(title: string, suite: (simulate: Simulate) => void): void {
  describe(`${title}, on the embedded engine`, () => suite(simulateEmbedded))
  describeSimulation(`${title}, in fdbserver`, () => suite(simulate))
}

/** Each lane is a processor, and the end of what runs there. */
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
let turn = 0

export function simulate(simulation: Simulation): Promise<SeedResult> {
  return turnOf(simulation, fdbserver)
}

function turnOf(simulation: Simulation, program: string | undefined): Promise<SeedResult> {
  const lane = turn++ % lanes.length
  const before = lanes[lane] as Promise<unknown>
  const result = before.then(() => simulateIn(lane, simulation, program))
  lanes[lane] = result.catch(() => undefined)
  return result
}

/** The test file of a fixture. */
export function quickTest({ workload = 'default', settings, options }: Simulation): string {
  const quick = readFileSync(join(fixtures, 'quick.toml'), 'utf8')
    .replace('WORKLOAD', workload)
    .replace('SETTINGS', (settings ?? []).join('\n'))
  return [quick, ...(options ?? []), ''].join('\n')
}

function simulateIn(
  lane: number,
  simulation: Simulation,
  program: string | undefined,
): Promise<SeedResult> {
  const { module, seed = 1, environment = {} } = simulation
  const {
    library,
    timeout = HANG_LIMIT / 1000,
    traceEvents,
    inspect,
    onStart,
    onOutput,
  } = simulation
  return runSeed({
    fdbserver: program,
    test: {
      text: simulation.test ?? quickTest(simulation),
      module: module.includes('/') ? module : join(fixtures, module),
    },
    seed,
    buggify: false,
    timeout,
    lane,
    environment,
    traceEvents,
    inspect,
    onStart,
    onOutput,
    ...(library === undefined ? {} : { library }),
  })
}
