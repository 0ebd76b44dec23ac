/** A throw-away cluster of one server, when its programs are there. Needs nothing of this package. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** The two programs of a FoundationDB installation that a throw-away cluster needs. */
export interface ServerPrograms {
  readonly fdbserver: string
  readonly fdbcli: string
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch (_notThere) {
    return false
  }
}

function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

/**
 * Where `fdbserver` and `fdbcli` are: `FDBKIT_FDBSERVER` (a program, or the folder it is in), or
 * the `PATH`.
 */
export function findServerPrograms(
  env: NodeJS.ProcessEnv = process.env,
): ServerPrograms | undefined {
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const chosen = env['FDBKIT_FDBSERVER']
  const fdbserver =
    chosen === undefined || chosen === ''
      ? findProgram('fdbserver', path)
      : isProgram(chosen)
        ? chosen
        : findProgram('fdbserver', [chosen])
  if (fdbserver === undefined) return undefined
  const fdbcli = findProgram('fdbcli', [dirname(fdbserver), ...path])
  return fdbcli === undefined ? undefined : { fdbserver, fdbcli }
}

/** One line that says why tests do not run on a real cluster. */
export const NO_SERVER =
  'tests run on the embedded engine only: no fdbserver and fdbcli on the PATH or in FDBKIT_FDBSERVER'

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'))
        else resolve(address.port)
      })
    })
  })
}

// The shell outlives neither its server nor this process: its standard input ends when we do, however
// we end, and then it kills the server and removes the folder.
const GUARD = `
folder=$1; shift
"$@" >"$folder/server.log" 2>&1 &
server=$!
cat >/dev/null
kill -9 "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$folder"
`

/** A server on a free port, gone with everything in its folder when it is stopped, or when this process ends. */
class GuardedServer {
  readonly folder: string
  readonly #guard: ChildProcess

  constructor(folder: string, command: readonly string[]) {
    this.folder = folder
    mkdirSync(join(folder, 'data'))
    mkdirSync(join(folder, 'logs'))
    const folders = ['-d', join(folder, 'data'), '-L', join(folder, 'logs')]
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'sh', folder, ...command, ...folders], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    this.#guard.unref()
  }

  stop(): Promise<void> {
    // Who waits for its end stays until then.
    this.#guard.ref()
    return new Promise((resolve) => {
      this.#guard.on('exit', () => resolve())
      if (this.#guard.exitCode !== null) resolve()
      this.#guard.stdin?.end()
    })
  }
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'fdbkit-cluster-'))

/** What a cluster is made with besides the defaults. */
export interface ClusterOptions {
  /** Arguments of each server. */
  readonly arguments?: readonly string[]
  /** Words of the configuration. */
  readonly configuration?: string
}

/** A running cluster of one process, gone with everything in it once it is stopped. */
export class RealCluster {
  readonly clusterFile: string
  readonly #programs: ServerPrograms
  readonly #options: ClusterOptions
  readonly #servers: GuardedServer[] = []
  #stopped = false

  private constructor(programs: ServerPrograms, clusterFile: string, options: ClusterOptions) {
    this.#programs = programs
    this.clusterFile = clusterFile
    this.#options = options
  }

  /** Starts a server on a free port of the loopback interface, with an empty database in memory. */
  static async start(programs: ServerPrograms, options: ClusterOptions = {}): Promise<RealCluster> {
    const folder = newFolder()
    const address = `127.0.0.1:${await freePort()}`
    const clusterFile = join(folder, 'fdb.cluster')
    writeFileSync(clusterFile, `test:test@${address}\n`)
    const cluster = new RealCluster(programs, clusterFile, options)
    cluster.#serve(folder, address, [])
    try {
      cluster.#configure()
    } catch (error) {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
    return cluster
  }

  /** Adds a server of another process class. */
  async add(processClass: string): Promise<void> {
    this.#serve(newFolder(), `127.0.0.1:${await freePort()}`, ['-c', processClass])
  }

  #serve(folder: string, address: string, more: readonly string[]): void {
    const command = [this.#programs.fdbserver, '-p', address, '-C', this.clusterFile]
    const { arguments: given = [] } = this.#options
    this.#servers.push(new GuardedServer(folder, [...command, ...given, ...more]))
  }

  #configure(): void {
    const more = this.#options.configuration ?? ''
    const answer = this.cli(
      `configure new single memory tenant_mode=optional_experimental ${more}`.trimEnd(),
    )
    if (!/Database created/.test(answer)) {
      throw new Error(`fdbcli could not configure the test cluster: ${answer}`)
    }
    const status = this.cli('status minimal')
    if (!/available/.test(status)) throw new Error(`the test cluster is not available: ${status}`)
  }

  /** What `fdbcli --exec COMMAND` prints. */
  cli(command: string): string {
    const { fdbcli } = this.#programs
    const args = ['-C', this.clusterFile, '--timeout', '60', '--exec', command]
    const { error, stdout, stderr } = spawnSync(fdbcli, args, { encoding: 'utf8' })
    if (error !== undefined) throw error
    return `${stdout}${stderr}`
  }

  /** Ends the servers, and waits until their folders are gone. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    for (const server of this.#servers.toReversed()) await server.stop()
  }
}
