/** One simulation: a simulator in a folder of its own, and what became of it. */
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { libcxxPluginPath, packageRoot, pluginPath } from '../../../native/library/engine-path.ts'
import { buildCommand } from '../../../native/library/native-home.ts'
import { CommandError } from '../../ground/errors.ts'
import type { OracleMode } from '../../../simulation/oracle/oracle.ts'
import { printFinding } from '../events/print-finding.ts'
import { runSimulator, type Ended } from './run-simulator.ts'
import { removeScratch, scratchFolder } from './scratch.ts'
import { serverOf, type Server } from './server.ts'
import { prepare, type Simulation } from './simulator.ts'
import { printEvent, readEvents } from '../events/trace-events.ts'

const LIBRARY = 'libfdbkit_workload.so'

export interface SeedOptions extends Simulation {
  /** Real seconds that the simulation may take. */
  readonly timeout: number
  /** Which of the simulations at one time this is: each has a processor of its own. */
  readonly lane: number
  /** Whichever processor the kernel chooses: others simulate on this machine, too. */
  readonly unpinned?: boolean | undefined
  /** Where the trace files and the output are kept. */
  readonly trace?: string | undefined
  /** Events that are traced on request. */
  readonly traceEvents?: readonly string[] | undefined
  /** The workload process waits for a debugger at this port; nothing is limited in time then. */
  readonly inspect?: number | undefined
  /** Ends the simulator. */
  readonly signal?: AbortSignal | undefined
  /** Hears the simulator's process id. */
  readonly onStart?: ((pid: number) => void) | undefined
  /** Hears what the simulator writes while it runs. */
  readonly onOutput?: ((text: string) => void) | undefined
  /** The workload library; this package's plugin unless set. */
  readonly library?: string
  /** Checks all transactions; undefined: does not. */
  readonly oracle?: OracleMode | undefined
  /** What of a drawn program is left out, as `fdbkit sim --program` has it. */
  readonly program?: string | undefined
  /** A file for all that passes between simulator and workloads; its folder is there, and it is not. */
  readonly calls?: string | undefined
  /** More of the environment of the simulator. */
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
  /** What the oracle found, each in lines of its own: what fails the seed, and what is only told. */
  readonly oracle: readonly string[]
  /** The last lines that the simulator wrote. */
  readonly output: readonly string[]
}

export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const { fdbserver } = options
  const server = fdbserver === undefined ? undefined : serverOf(fdbserver, options.interface)
  const library = options.library ?? libraryFor(server)
  const folder = scratchFolder()
  try {
    symlinkSync(library, join(folder, LIBRARY))
    const invocation = prepare(options, server, folder)
    const ended = await runSimulator(invocation, {
      folder,
      environment: environmentOf(options, server, folder),
      // A debugger takes the time that it takes.
      timeout: options.inspect === undefined ? options.timeout : undefined,
      signal: options.signal,
      onStart: options.onStart,
      onOutput: options.onOutput,
    })
    if (options.trace !== undefined) keepTrace(folder, options.trace, ended.output)
    return judge(options, invocation.name, ended, folder)
  } finally {
    removeScratch(folder)
  }
}

/** The plugin that answers the server. */
function libraryFor(server: Server | undefined): string {
  const isOfLibcxx = server?.interface === 'libc++'
  const library = isOfLibcxx ? libcxxPluginPath() : pluginPath()
  if (existsSync(library)) return library
  throw new CommandError(
    isOfLibcxx
      ? `fdbserver ${server.version} was built with libc++, and ${library} for it is not built: install clang and libc++ ` +
          `(on Debian: apt-get install clang libc++-dev libc++abi-dev), then run \`${buildCommand()}\``
      : `${library} is not built: \`${buildCommand()}\` builds it, on Linux`,
  )
}

function environmentOf(
  options: SeedOptions,
  server: Server | undefined,
  folder: string,
): NodeJS.ProcessEnv {
  const isAhead = server !== undefined && options.library === undefined
  return {
    ...process.env,
    FDBKIT_SIM_MODULE: options.test.module,
    FDBKIT_SIM_NODE: process.execPath,
    FDBKIT_SIM_MAIN: join(packageRoot(), 'dist', 'simulation', 'main.js'),
    FDBKIT_SIM_SERVER: server?.version ?? '',
    FDBKIT_SIM_CPU: options.unpinned === true ? '' : String(options.lane % availableParallelism()),
    FDBKIT_SIM_CACHE: sharedCache(),
    // Whoever was started ends with this process, however it ends.
    FDBKIT_SIM_PARENT: String(process.pid),
    FDBKIT_SIM_PROGRAM: options.program ?? '',
    FDBKIT_SIM_ORACLE: options.oracle ?? '',
    FDBKIT_SIM_TRACE_EVENTS: (options.traceEvents ?? []).join(','),
    FDBKIT_SIM_CALLS: options.calls ?? '',
    ...(options.inspect === undefined
      ? {}
      : { FDBKIT_SIM_INSPECT: String(options.inspect), FDBKIT_SIM_STEP_LIMIT: '1e9' }),
    ...(isAhead ? startAhead(folder) : {}),
    ...options.environment,
  }
}

/** Node starts with the server, and not with the first workload: it is ready when that has made its cluster. */
function startAhead(folder: string): NodeJS.ProcessEnv {
  const library = join(folder, LIBRARY)
  // What the loader takes for the end of a path.
  if (/[\s:]/.test(library)) return {}
  const others = process.env['LD_PRELOAD'] ?? ''
  return { FDBKIT_SIM_AHEAD: '1', LD_PRELOAD: others === '' ? library : `${library}:${others}` }
}

let cacheFolder: string | undefined

/** What the simulations of this process can use again: the texts of modules without their types. */
function sharedCache(): string {
  return (cacheFolder ??= scratchFolder())
}

const LAST_LINES = 20

function judge(options: SeedOptions, name: string, ended: Ended, folder: string): SeedResult {
  const { output, code, timedOut, realSeconds } = ended
  const unseed = /^Unseed: (\d+)/m.exec(output)?.[1] ?? ''
  const elapsed = /^Elapsed: ([\d.]+) simsec/m.exec(output)
  const counts = [...output.matchAll(/(\d+) tests? passed; (\d+) tests? failed/g)].at(-1)
  const { errors, workloads, oracle } = readEvents(folder)
  // The embedded simulator says by its code, too, what these say better.
  const isTold = counts !== undefined && (errors.length > 0 || counts[2] !== '0')
  let problem = ''
  if (timedOut) problem = `not done after ${options.timeout} real seconds`
  else if (code !== 0 && !isTold) problem = `${name} ended with ${code}`
  else if (errors.length > 0) problem = `${errors.length} error events`
  else if (counts === undefined) problem = `${name} ran no test`
  else if (counts[2] !== '0') problem = `${counts[2]} tests failed`
  return {
    seed: options.seed,
    passed: problem === '',
    problem,
    unseed,
    simulatedSeconds: Number(elapsed?.[1] ?? 0),
    realSeconds,
    errors: errors.map(printEvent),
    events: workloads,
    oracle: oracle.map(printFinding),
    output: output.trimEnd().split('\n').slice(-LAST_LINES),
  }
}

function keepTrace(folder: string, target: string, output: string): void {
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'output.txt'), output)
  for (const name of readdirSync(folder)) {
    if (name.startsWith('trace.')) cpSync(join(folder, name), join(target, name))
  }
}
