/** Runs a workload of the fixtures in the real simulator, on the smallest cluster that it can make. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { findFdbserver } from '../../src/cli/sim/find-fdbserver.ts'
import { runSeed, type SeedResult } from '../../src/cli/sim/run-seed.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const fdbserver = findFdbserver()

if (fdbserver === undefined) {
  console.error('fdbkit: there is no fdbserver, so the simulations of test/simulation are skipped')
}

/** A suite that needs fdbserver; two simulations at a time. */
export const describeSimulation = fdbserver === undefined ? describe.skip : describe

export interface Simulation {
  readonly module: string
  readonly workload?: string
  readonly seed?: number
  /** Lines of the test file, for the workload's options. */
  readonly options?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** Each lane is a processor, and the end of what runs there. */
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
let turn = 0

export function simulate(simulation: Simulation): Promise<SeedResult> {
  const lane = turn++ % lanes.length
  const before = lanes[lane] as Promise<unknown>
  const result = before.then(() => simulateIn(lane, simulation))
  lanes[lane] = result.catch(() => undefined)
  return result
}

function simulateIn(lane: number, simulation: Simulation): Promise<SeedResult> {
  const { module, workload = 'default', seed = 1, options = [], environment = {} } = simulation
  const quick = readFileSync(join(fixtures, 'quick.toml'), 'utf8')
  const text = [quick.replace('WORKLOAD', workload), ...options, ''].join('\n')
  const path = module.includes('/') ? module : join(fixtures, module)
  return runSeed({
    fdbserver: fdbserver as string,
    test: { text, module: path },
    seed,
    buggify: false,
    timeout: 60,
    lane,
    environment,
  })
}
