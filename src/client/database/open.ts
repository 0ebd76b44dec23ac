import { threadId } from 'node:worker_threads'
import { DatabaseHandle } from '../../future/handles/database-handle.ts'
import type { OpenTarget } from '../../future/handles/database-handle.ts'
import { hostEnvironment } from '../../native/environment/environment.ts'
import type { Environment } from '../../native/environment/environment.ts'
import type { DatabaseOptions } from '../../native/generated/database-options.ts'
import type { NetworkOptions } from '../../native/generated/network-options.ts'
import { embeddedLibrary, findLibrary } from '../../native/library/library.ts'
import type { NodeTypes } from '../../native/values/node-types.ts'
import type { LibraryLocation } from '../../native/library/library.ts'
import { startNetwork } from '../../native/library/network.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { shared } from '../../native/values/shared.ts'
import { selectedAPIVersion } from '../connection/api-version.ts'
import { Database } from './database.ts'
import { DatabaseContext } from '../connection/database-context.ts'
import { root } from '../keys/subspace.ts'

interface CommonOptions {
  /** 510 to 740; what `setAPIVersion` said, or the highest that the library has. One for a process. */
  apiVersion?: number | undefined
  /** Network options by name. They count for the process: only the first open can set them. */
  network?: NetworkOptions | undefined
  /** Database options by name. */
  database?: DatabaseOptions | undefined
  /** Clock, timers and random source; the host's unless set. */
  environment?: Environment | undefined
}

const COMMON = { apiVersion: true, network: true, database: true, environment: true } as const

/** Where the cluster is, and how to talk to it. */
export interface OpenOptions extends CommonOptions {
  /** Path of a cluster file. Without it: `FDB_CLUSTER_FILE`, `./fdb.cluster`, the system's default. */
  clusterFile?: string | undefined
  /** The content of a cluster file, in its place. */
  connectionString?: string | undefined
  /** Path of the client library. Without it: `FDBKIT_LIBRARY`, then where systems keep it. */
  library?: string | undefined
}

/** Which of the databases in memory, and how to talk to it. */
export interface OpenEmbeddedOptions extends CommonOptions {
  /**
   * Letters, digits and underscores. Databases of one name in one process are one database, also from
   * other worker threads. Without a name it is a new, empty one.
   */
  name?: string | undefined
}

const OPEN = knownOptions<OpenOptions>('open', {
  clusterFile: true,
  connectionString: true,
  library: true,
  ...COMMON,
})
const EMBEDDED = knownOptions<OpenEmbeddedOptions>('openEmbedded', { name: true, ...COMMON })

/**
 * Opens a database of a FoundationDB cluster. Returns at once: operations wait until the cluster is
 * reached, so give the first one a timeout. With `FDBKIT_ENGINE=embedded` in the environment it opens the
 * embedded engine instead, for tests.
 *
 * Calls `fdb_select_api_version`, `fdb_setup_network` and `fdb_run_network` once for the process, and
 * `fdb_create_database` or `fdb_create_database_from_connection_string`.
 *
 * @throws LibraryNotFoundError when there is no `libfdb_c`; it lists where it looked.
 * @throws FDBStateError when the process runs another library, another API version, or other options.
 * @throws FDBError, for example `no_cluster_file_found` (1515).
 * @example
 * const db = open({ clusterFile: '/etc/foundationdb/fdb.cluster' })
 * await db.set('hello', 'world')
 */
export function open(options: OpenOptions | string = {}, ..._types: NodeTypes): Database {
  return new Database(openContext(options), root)
}

/** What `open` opens, for those who put scopes of their own on it. */
export function openContext(options: OpenOptions | string = {}): DatabaseContext {
  const settings = typeof options === 'string' ? { clusterFile: options } : options
  checkOptions(OPEN, settings)
  checkTarget(settings)
  const embedded = process.env['FDBKIT_ENGINE'] === 'embedded' && settings.library === undefined
  const library = embedded ? embeddedLibrary() : findLibrary(settings.library)
  return openWith(library, targetOf(settings), settings)
}

/**
 * Opens a database in the memory of this process: the engine that comes with the package, behind the same
 * C API. Nothing is written to disk.
 *
 * @throws FDBStateError when the process has opened a real cluster: it talks through one library only.
 * @example
 * const db = openEmbedded() // new and empty
 * const shared = openEmbedded({ name: 'orders' }) // the same for all who say 'orders'
 */
export function openEmbedded(options: OpenEmbeddedOptions = {}, ..._types: NodeTypes): Database {
  checkOptions(EMBEDDED, options)
  const { name } = options
  if (name !== undefined && !(typeof name === 'string' && /^[A-Za-z0-9_]{1,100}$/.test(name))) {
    throw new TypeError('name of an embedded database is 1 to 100 letters, digits and underscores')
  }
  const connectionString = `${name === undefined ? newName() : `named_${name}`}:embedded@127.0.0.1:1`
  return new Database(openWith(embeddedLibrary(), { connectionString }, options), root)
}

/** Of all copies of the package: they share the engine. */
const unnamed = shared('unnamed databases', () => ({ made: 0 }))

/** No two databases without a name are the same, also not of different workers. */
function newName(): string {
  return `unnamed_${threadId}_${++unnamed.made}`
}

function checkTarget({ clusterFile, connectionString }: OpenOptions): void {
  for (const [what, value] of Object.entries({ clusterFile, connectionString })) {
    if (value !== undefined && typeof value !== 'string') {
      throw new TypeError(`${what} of open is a string, not ${typeof value}`)
    }
  }
  if (clusterFile !== undefined && connectionString !== undefined) {
    throw new TypeError('open takes a clusterFile or a connectionString, not both')
  }
}

function targetOf({ clusterFile, connectionString }: OpenOptions): OpenTarget {
  if (clusterFile !== undefined) return { clusterFile }
  return connectionString === undefined ? {} : { connectionString }
}

function openWith(
  library: LibraryLocation,
  target: OpenTarget,
  options: CommonOptions,
): DatabaseContext {
  const apiVersion = options.apiVersion ?? selectedAPIVersion()
  const network = startNetwork({
    library,
    connection: target,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(options.network === undefined ? {} : { options: options.network }),
  })
  const handle = DatabaseHandle.open(target)
  const environment = options.environment ?? hostEnvironment
  const context = new DatabaseContext(handle, network.apiVersion, environment)
  try {
    if (options.database !== undefined) context.setOptions(options.database)
  } catch (error) {
    handle[Symbol.dispose]()
    throw error
  }
  return context
}
