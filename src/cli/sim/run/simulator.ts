/** The two programs that simulate: fdbserver, and our own over the embedded engine. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulatorPath } from '../../../native/library/engine-path.ts'
import { buildCommand } from '../../../native/library/native-home.ts'
import { CommandError } from '../../ground/errors.ts'
import type { TestFile } from './test-file.ts'
import { planOf, specLines } from './test-spec.ts'

export interface Simulation {
  /** The program of fdbserver; undefined: the embedded engine. */
  readonly fdbserver: string | undefined
  readonly test: TestFile
  readonly seed: number
  readonly buggify: boolean
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

/** Writes what the simulator reads into the folder. */
export function prepare(simulation: Simulation, folder: string): Invocation {
  const { fdbserver } = simulation
  return fdbserver === undefined
    ? prepareEmbedded(simulation, folder)
    : prepareFdbserver(simulation, fdbserver, folder)
}

function prepareFdbserver(simulation: Simulation, program: string, folder: string): Invocation {
  const { test, seed, buggify } = simulation
  writeFileSync(join(folder, 'test.toml'), test.text)
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
