/** One simulation: fdbserver in a folder of its own, and what became of it. */
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../native/engine-path.ts'
import { CommandError } from '../errors.ts'
import type { TestFile } from './test-file.ts'
import { printEvent, readEvents } from './trace-events.ts'

const LIBRARY = 'libfdbkit_workload.so'

export interface SeedOptions {
  readonly fdbserver: string
  readonly test: TestFile
  readonly seed: number
  readonly buggify: boolean
  /** Real seconds that the simulation may take. */
  readonly timeout: number
  /** Which of the simulations at one time this is: each has a processor of its own. */
  readonly lane: number
  /** Where the trace files are kept. */
  readonly trace?: string | undefined
  /** The workload library; this package's plugin unless set. */
  readonly library?: string
  /** More of the environment of fdbserver. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface SeedResult {
  readonly seed: number
  readonly passed: boolean
  /** Why not. */
  readonly problem: string
  /** What the simulator ended with: equal for equal runs. */
  readonly unseed: string
  readonly simulatedSeconds: number
  readonly realSeconds: number
  readonly errors: readonly string[]
  readonly events: readonly string[]
}

export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const library = options.library ?? join(packageRoot(), 'build', 'plugin', LIBRARY)
  if (!existsSync(library)) {
    throw new CommandError(`${library} is not built: "fdbkit build" builds it, on Linux`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-sim-'))
  try {
    symlinkSync(library, join(folder, LIBRARY))
    writeFileSync(join(folder, 'test.toml'), options.test.text)
    const { output, code, timedOut } = await runServer(options, folder)
    const result = judge(options.seed, output, code, timedOut ? options.timeout : 0, folder)
    if (options.trace !== undefined) keepTrace(folder, join(options.trace, `seed-${options.seed}`))
    return result
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Ended {
  readonly output: string
  readonly code: number | string
  readonly timedOut: boolean
}

function runServer(options: SeedOptions, folder: string): Promise<Ended> {
  const { fdbserver, seed, buggify, test, lane } = options
  const args = ['-r', 'simulation', '-f', 'test.toml', '-s', String(seed)]
  args.push('-b', buggify ? 'on' : 'off', '--trace-format', 'json')
  const environment = {
    ...process.env,
    FDBKIT_SIM_MODULE: test.module,
    FDBKIT_SIM_NODE: process.execPath,
    FDBKIT_SIM_MAIN: join(packageRoot(), 'dist', 'simulation', 'main.js'),
    FDBKIT_SIM_CPU: String(lane % availableParallelism()),
    ...options.environment,
  }
  return new Promise((resolve, reject) => {
    const server = spawn(fdbserver, args, { cwd: folder, env: environment, stdio: 'pipe' })
    let output = ''
    let timedOut = false
    const limit = setTimeout(() => {
      timedOut = true
      server.kill('SIGKILL')
    }, options.timeout * 1000)
    const add = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-LONGEST_OUTPUT)
    }
    server.stdout.on('data', add)
    server.stderr.on('data', add)
    server.on('error', reject)
    server.on('close', (code, signal) => {
      clearTimeout(limit)
      resolve({ output, code: code ?? signal ?? 'unknown', timedOut })
    })
  })
}

const LONGEST_OUTPUT = 1 << 20

function judge(
  seed: number,
  output: string,
  code: number | string,
  timeout: number,
  folder: string,
): SeedResult {
  const unseed = /^Unseed: (\d+)/m.exec(output)?.[1] ?? ''
  const elapsed = /^Elapsed: ([\d.]+) simsec, ([\d.]+) real/m.exec(output)
  const counts = [...output.matchAll(/(\d+) tests? passed; (\d+) tests? failed/g)].at(-1)
  const { errors, workloads } = readEvents(folder)
  let problem = ''
  if (timeout > 0) problem = `not done after ${timeout} real seconds`
  else if (code !== 0) problem = `fdbserver ended with ${code}`
  else if (errors.length > 0) problem = `${errors.length} error events`
  else if (counts === undefined) problem = 'fdbserver ran no test'
  else if (counts[2] !== '0') problem = `${counts[2]} tests failed`
  return {
    seed,
    passed: problem === '',
    problem,
    unseed,
    simulatedSeconds: Number(elapsed?.[1] ?? 0),
    realSeconds: Number(elapsed?.[2] ?? 0),
    errors: errors.map(printEvent),
    events: workloads,
  }
}

function keepTrace(folder: string, target: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('trace.')) cpSync(join(folder, name), join(target, name))
  }
}
