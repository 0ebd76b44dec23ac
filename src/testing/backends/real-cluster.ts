/** A throw-away cluster of one server, when its programs are there. Needs nothing of this package. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { Socket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'

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
// we end, and then it kills the server and removes the folder. Until then each line of it is a word: to start the server
// again, or a signal for it. The word comes back when that is done.
const GUARD = `
folder=$1; shift
serve() { "$@" >>"$folder/server.log" 2>&1 & server=$!; }
serve "$@"
while read -r word; do
  if [ "$word" = start ]; then serve "$@"; else kill -s "$word" "$server"; fi
  if [ "$word" = KILL ]; then wait "$server"; fi
  echo "$word"
done 2>/dev/null
kill -9 "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$folder"
`

/** What is done to a server: it is killed, frozen, thawed, or started again. */
type Word = 'KILL' | 'STOP' | 'CONT' | 'start'

/** A server on a free port, gone with everything in its folder when it is stopped, or when this process ends. */
class GuardedServer {
  readonly folder: string
  readonly address: string
  readonly #guard: ChildProcess

  constructor(folder: string, address: string, command: readonly string[], data: string) {
    this.folder = folder
    this.address = address
    mkdirSync(data, { recursive: true })
    mkdirSync(join(folder, 'logs'))
    const folders = ['-d', data, '-L', join(folder, 'logs')]
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'sh', folder, ...command, ...folders], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    // A word that can't be written: the guard is gone, and its exit says so to who waits.
    this.#guard.stdin?.on('error', () => undefined)
    this.#keep(false)
  }

  /** Whether this process stays for what the guard says. */
  #keep(isAwaited: boolean): void {
    const way = isAwaited ? 'ref' : 'unref'
    this.#guard[way]()
    // A pipe is a socket, which its type does not say.
    const { stdout } = this.#guard
    if (stdout instanceof Socket) stdout[way]()
  }

  /** Settles when it is done; words are said one after the other. Throws when the guard is gone, as after `stop`. */
  async say(word: Word): Promise<void> {
    const { stdin, stdout } = this.#guard
    const unguarded = () =>
      new Error(`nobody guards the server at ${this.address} any more, so ${word} was not done`)
    if (this.#isGone() || stdin?.writableEnded !== false) throw unguarded()
    this.#keep(true)
    const over = new AbortController()
    const { signal } = over
    const gone = once(this.#guard, 'exit', { signal }).then(() => Promise.reject(unguarded()))
    const answered = once(stdout as Readable, 'data', { signal })
    try {
      stdin.write(`${word}\n`)
      await Promise.race([answered, gone])
    } finally {
      over.abort()
      this.#keep(false)
    }
  }

  #isGone(): boolean {
    return this.#guard.exitCode !== null || this.#guard.signalCode !== null
  }

  stop(): Promise<void> {
    // Who waits for its end stays until then.
    this.#guard.ref()
    return new Promise((resolve) => {
      this.#guard.on('exit', () => resolve())
      if (this.#isGone()) resolve()
      this.#guard.stdin?.end()
    })
  }
}

async function newAddress({ suffix = '' }: ClusterOptions): Promise<string> {
  return `127.0.0.1:${await freePort()}${suffix}`
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'fdbkit-cluster-'))

/** What a cluster is made with besides the defaults. */
export interface ClusterOptions {
  /** Arguments of each server. */
  readonly arguments?: readonly string[]
  /** Words of the configuration. */
  readonly configuration?: string
  /** Behind each address: `:tls` for servers that want certificates. */
  readonly suffix?: string
  /** Arguments of `fdbcli`. */
  readonly cliArguments?: readonly string[]
  /** Where the first server has its data. Default: in a folder that goes with it. */
  readonly data?: string
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
    const address = await newAddress(options)
    const clusterFile = join(folder, 'fdb.cluster')
    writeFileSync(clusterFile, `test:test@${address}\n`)
    const cluster = new RealCluster(programs, clusterFile, options)
    cluster.#serve(folder, address, [], options.data)
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
    this.#serve(newFolder(), await newAddress(this.#options), ['-c', processClass])
  }

  /** Where each server listens, in the order in which they were added. */
  get addresses(): readonly string[] {
    return this.#servers.map(({ address }) => address)
  }

  /** Kills a server, freezes or thaws it, or starts one that was killed on the data that it had. */
  async say(word: Word, server = 0): Promise<void> {
    const chosen = this.#servers[server]
    if (chosen === undefined) throw new RangeError(`there is no server ${server}`)
    await chosen.say(word)
  }

  #serve(
    folder: string,
    address: string,
    more: readonly string[],
    data = join(folder, 'data'),
  ): void {
    const command = [this.#programs.fdbserver, '-p', address, '-C', this.clusterFile]
    const { arguments: given = [] } = this.#options
    // Copies go to other zones, which are machines unless somebody says so.
    const zone = `--locality-zoneid=${address}`
    const all = [...command, zone, ...given, ...more]
    this.#servers.push(new GuardedServer(folder, address, all, data))
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
    const { cliArguments = [] } = this.#options
    const args = ['-C', this.clusterFile, ...cliArguments, '--timeout', '60', '--exec', command]
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
