/** The two programs that simulate: fdbserver, and our own over the embedded engine. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulatorPath } from '../../../native/library/engine-path.ts'
import { buildCommand } from '../../../native/library/native-home.ts'
import { CommandError } from '../../ground/errors.ts'
import type { Server, WorkloadInterface } from './server.ts'
import type { TestFile } from './test-file.ts'
import { planOf, specLines, withUseCapi } from './test-spec.ts'

export interface Simulation {
  /** The program of fdbserver; undefined: the embedded engine. */
  readonly fdbserver: string | undefined
  readonly test: TestFile
  readonly seed: number
  readonly buggify: boolean
  /** How fdbserver loads workloads; undefined: as its version has it. */
  readonly interface?: WorkloadInterface | undefined
  /** Probabilities of faults, by their names: those of the embedded simulator. */
  readonly faults?: Readonly<Record<string, number>> | undefined
  /** The first release whose interface the embedded simulator loads workloads by. Default: 7.4.6. */
  readonly workloadAbi?: '7.4.0' | '7.4.6' | undefined
}

/** What to start in a folder of its own; relative names are within it. */
export interface Invocation {
  readonly program: string
  readonly args: readonly string[]
  /** For messages. */
  readonly name: string
}

/** Writes what the simulator reads into the folder. Without a server it is the embedded one. */
export function prepare(
  simulation: Simulation,
  server: Server | undefined,
  folder: string,
): Invocation {
  return server === undefined
    ? prepareEmbedded(simulation, folder)
    : prepareFdbserver(simulation, server, folder)
}

function prepareFdbserver(simulation: Simulation, server: Server, folder: string): Invocation {
  const { test, seed, buggify } = simulation
  const { program, useCapi } = server
  writeFileSync(join(folder, 'test.toml'), withUseCapi(test.text, useCapi))
  const args = ['-r', 'simulation', '-f', 'test.toml', '-s', String(seed)]
  args.push('-b', onOff(buggify), '--trace-format', 'json')
  return { program, args, name: 'fdbserver' }
}

function prepareEmbedded(simulation: Simulation, folder: string): Invocation {
  const program = embeddedSimulator()
  const plan = planOf(simulation.test.text, 'the test file')
  writeFileSync(join(folder, 'test.spec'), specLines(plan.tests))
  const args = ['--spec', 'test.spec', '--seed', String(simulation.seed)]
  args.push('--buggify', onOff(simulation.buggify && plan.buggify), '--trace-dir', '.')
  for (const [name, probability] of Object.entries(simulation.faults ?? {})) {
    args.push('--fault', `${name}=${probability}`)
  }
  if (simulation.workloadAbi !== undefined) args.push('--workload-abi', simulation.workloadAbi)
  return { program, args, name: 'the embedded simulator' }
}

export function embeddedSimulator(): string {
  const program = simulatorPath()
  if (existsSync(program)) return program
  throw new CommandError(`${program} is not built: \`${buildCommand()}\` builds it, on Linux`)
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off'
}
