import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { messageOf } from '../ground/errors.ts'
import { ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const CHECK = 'cluster file'
/** A cluster file holds one line; this much of it is read. */
const MAX_BYTES = 64 * 1024

/** The files, as the doctor sees them; a test has its own. */
export interface FileView {
  exists(path: string): boolean
  /** In bytes. Throws when it can't be asked. */
  size(path: string): number
  /** Throws when it can't be read. */
  read(path: string): string
  isWritable(path: string): boolean
}

const hostFiles: FileView = {
  exists: existsSync,
  size: (path) => statSync(path).size,
  read: (path) => readFileSync(path, 'utf8'),
  isWritable(path) {
    try {
      accessSync(path, constants.W_OK)
      return true
    } catch (_readOnly) {
      return false
    }
  },
}

/** An address of the cluster file. */
export interface Coordinator {
  readonly host: string
  readonly port: number
  /** As it stands in the file. */
  readonly text: string
}

export interface ClusterFile {
  readonly finding: Finding
  /** Undefined when there is none that can be read. */
  readonly path: string | undefined
  readonly coordinators: readonly Coordinator[]
}

/** Where the client looks when no cluster file is named, first to last. */
export function defaultClusterFiles(env: NodeJS.ProcessEnv = process.env): string[] {
  const named = env['FDB_CLUSTER_FILE']
  const system =
    process.platform === 'darwin'
      ? '/usr/local/etc/foundationdb/fdb.cluster'
      : '/etc/foundationdb/fdb.cluster'
  return named !== undefined && named !== '' ? [named] : [resolve('fdb.cluster'), system]
}

/** Finds and reads the cluster file that the client would take. */
export function checkClusterFile(
  named: string | undefined,
  files: FileView = hostFiles,
): ClusterFile {
  const candidates = named === undefined ? defaultClusterFiles() : [resolve(named)]
  const path = candidates.find((each) => files.exists(each))
  if (path === undefined) return none(missing(candidates, named))
  try {
    return judge(path, read(path, files), files)
  } catch (error) {
    const advice = `Make it a file that this user may read: its one line is in the cluster file of every server.`
    return none(wrong(CHECK, `${path} can't be read: ${messageOf(error)}`, advice, { path }))
  }
}

const none = (finding: Finding): ClusterFile => ({ finding, path: undefined, coordinators: [] })

function missing(candidates: readonly string[], named: string | undefined): Finding {
  const advice =
    named === undefined
      ? 'Copy the cluster file of a server (/etc/foundationdb/fdb.cluster) here, name it with --cluster or FDB_CLUSTER_FILE, or use the embedded engine (--embedded).'
      : 'Correct the path, or copy the cluster file of a server there.'
  return wrong(CHECK, `there is none at ${candidates.join(' or ')}`, advice, { looked: candidates })
}

function read(path: string, files: FileView): string {
  const size = files.size(path)
  if (size > MAX_BYTES)
    throw new RangeError(`it has ${size} bytes, and a cluster file has one line`)
  return files.read(path)
}

function judge(path: string, content: string, files: FileView): ClusterFile {
  const line = connectionString(content)
  const coordinators = parse(line)
  if (coordinators === undefined) {
    const advice =
      'It holds one line, description:id@host:port,host:port,... with letters, digits and _ before the @. Copy it from a server.'
    return none(wrong(CHECK, `${path} holds no connection string`, advice, { path }))
  }
  const data = { path, connectionString: line }
  const readOnly = [path, dirname(path)].find((each) => !files.isWritable(each))
  if (readOnly !== undefined) {
    const advice = `Let this user write to ${path} and its folder: the client notes there when the coordinators change, and loses the cluster otherwise.`
    return { finding: wrong(CHECK, `${readOnly} is read-only`, advice, data), path, coordinators }
  }
  return { finding: ok(CHECK, path, data), path, coordinators }
}

/** The lines without comments and white space. */
function connectionString(content: string): string {
  return content
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .join('')
}

function parse(line: string): Coordinator[] | undefined {
  const match = /^[A-Za-z0-9_]+:[A-Za-z0-9]+@(.+)$/.exec(line)
  if (match === null) return undefined
  const coordinators = match[1]!.split(',').map(parseAddress)
  return coordinators.every((each) => each !== undefined) ? coordinators : undefined
}

function parseAddress(text: string): Coordinator | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+)):(\d{1,5})(?::tls)?$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port < 1 || port > 65_535) return undefined
  return { host: match[1] ?? match[2]!, port, text }
}
