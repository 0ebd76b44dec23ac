/** The same tests twice: on the engine, and on a throw-away cluster when there is a server for one. */
import { spawn } from 'node:child_process'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { ENGINE, clusterBackend, type Backend } from './backend.ts'
import { NO_SERVER, RealCluster, findServerPrograms } from './real-cluster.ts'

/** What {@link onBothBackends} runs its command with. */
export interface BothBackendsOptions {
  /** The folder that the command runs in. Default: that of this process. */
  cwd?: string | undefined
  /** What the command finds in its environment beside what names the backend. Default: `process.env`. */
  env?: NodeJS.ProcessEnv | undefined
}

const KNOWN = knownOptions<BothBackendsOptions>('onBothBackends', { cwd: true, env: true })

/**
 * Runs the command of a test runner once on the engine, and once more on a cluster of one server in memory, which is made
 * for it and gone behind it. A process loads one client library once, so each backend has a process of its own: there
 * `testDatabase()`, and `open()` without arguments, find it. `fdbkit both-backends` is the same from a shell.
 *
 * The cluster needs `fdbserver` and `fdbcli` on the `PATH`, or their folder in `FDBKIT_FDBSERVER`, and `libfdb_c` where
 * the client finds it. Without a server one line on standard error says that this half is left out.
 *
 * @param command the program and its arguments: `['npx', 'vitest', 'run']`.
 * @returns the first exit code that was not 0, or 0. A command that a signal ended counts as 1.
 * @throws TypeError for what is no command; Error when the program cannot be started, or the cluster.
 * @example
 * const code = await onBothBackends([process.execPath, '--eval', 'process.exitCode = 3'])
 * console.log(code) // 3
 */
export async function onBothBackends(
  command: readonly string[],
  options: BothBackendsOptions = {},
): Promise<number> {
  checkOptions(KNOWN, options)
  const isCommand = Array.isArray(command) && command.length > 0
  if (!isCommand || !command.every((word) => typeof word === 'string')) {
    throw new TypeError('command of onBothBackends is a list: a program, then its arguments')
  }
  const onEngine = await run(command, ENGINE, options)
  const programs = findServerPrograms(options.env ?? process.env)
  if (programs === undefined) {
    console.error(`fdbkit: ${NO_SERVER}`)
    return onEngine
  }
  const cluster = await RealCluster.start(programs)
  try {
    const onCluster = await run(command, clusterBackend(cluster.clusterFile), options)
    return onEngine === 0 ? onCluster : onEngine
  } finally {
    await cluster.stop()
  }
}

function run(
  [program = '', ...args]: readonly string[],
  backend: Backend,
  { cwd, env = process.env }: BothBackendsOptions,
): Promise<number> {
  const where = backend.clusterFile === undefined ? 'the embedded engine' : 'a throw-away cluster'
  console.error(`fdbkit: ${[program, ...args].join(' ')} on ${where}`)
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...env, ...backend.environment },
      stdio: 'inherit',
      ...(cwd === undefined ? {} : { cwd }),
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}
