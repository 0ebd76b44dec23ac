import { deprecate } from 'node:util'
import { selectedAPIVersion, setAPIVersion as select } from '../client/connection/api-version.ts'
import { openContext } from '../client/database/open.ts'
import { root } from '../client/keys/subspace.ts'
import { FDBStateError } from '../native/errors/errors.ts'
import type { DatabaseOptions } from '../native/generated/database-options.ts'
import type { NetworkOptions } from '../native/generated/network-options.ts'
import type { NodeTypes } from '../native/values/node-types.ts'
import { shared } from '../native/values/shared.ts'
import type { OptionValue } from '../native/values/option-values.ts'
import { Database } from './database.ts'
import { checkText } from '../native/values/arguments.ts'
import { shown } from '../native/values/describe.ts'

/** Of the process, as the network is. */
const network = shared('compat network', () => ({
  opened: false,
  options: new Map<string, OptionValue>(),
}))

/**
 * Selects the API version. Selecting the same again does nothing.
 *
 * @param version 510 to 740.
 * @param _headerVersion the version that a binding was compiled for; this one has no such limit.
 * @throws FDBStateError when another version was selected before.
 * @example setAPIVersion(630)
 */
export function setAPIVersion(version: number, _headerVersion?: number): void {
  const before = selectedAPIVersion()
  if (before !== undefined && before !== version && typeof version === 'number') {
    throw new FDBStateError(`API version ${before} was selected before: select the same everywhere`)
  }
  select(version)
}

/** Options by their names, where node-foundationdb has capitals in some. */
export type AnyCase<Options> = { [Name in keyof Options]: Options[Name] } & Record<string, unknown>

/**
 * Sets network options, before the first database is opened.
 *
 * @throws FDBStateError after that.
 * @example configNetwork({ trace_enable: '/var/log/app', trace_format: 'json' })
 */
export function configNetwork(options: AnyCase<NetworkOptions>): void {
  if (network.opened) throw new FDBStateError('configNetwork comes before the first open')
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) network.options.set(name.toLowerCase(), value as OptionValue)
  }
}

/**
 * Opens a database.
 *
 * @param clusterFile path of a cluster file; found as `open` of the main API does without it.
 * @example
 * const database = open()
 * console.log(await database.get('a'))
 * database.close()
 */
export function open(
  clusterFile?: string,
  options?: DatabaseOptions,
  ..._types: NodeTypes
): Database {
  const context = openContext({
    clusterFile,
    database: options,
    ...(network.opened ? {} : { network: Object.fromEntries(network.options) }),
  })
  network.opened = true
  network.options.clear()
  return new Database(context, root)
}

/**
 * Opens a database.
 *
 * @deprecated Use `open`, which is synchronous.
 * @example openSync().close()
 */
export const openSync: typeof open = deprecate(open, 'openSync: use open, which is synchronous')

/** What is left of clusters, which the C API no longer has. */
export interface Cluster {
  /** Opens the database of the cluster, the only one that there is. */
  openDatabase(name?: 'DB', options?: DatabaseOptions): Promise<Database>
  /** The same at once. */
  openDatabaseSync(name?: 'DB', options?: DatabaseOptions): Database
  /** Does nothing: close the database. */
  close(): void
}

function clusterOf(clusterFile?: string): Cluster {
  if (clusterFile !== undefined) checkText('clusterFile', clusterFile)
  const openNamed = (name: unknown, options?: DatabaseOptions): Database => {
    if (name !== undefined && name !== 'DB') throw new TypeError(`name is 'DB', not ${shown(name)}`)
    return open(clusterFile, options)
  }
  return {
    openDatabase: async (name, options) => openNamed(name, options),
    openDatabaseSync: openNamed,
    close: () => undefined,
  }
}

/**
 * A cluster, as a step on the way to its database.
 *
 * @deprecated Use `open`.
 * @example
 * const cluster = await createCluster()
 * const database = await cluster.openDatabase()
 * database.close()
 */
export const createCluster: (clusterFile?: string) => Promise<Cluster> = deprecate(
  async (clusterFile?: string) => clusterOf(clusterFile),
  'createCluster: use open',
)

/**
 * The same at once.
 *
 * @deprecated Use `open`.
 * @example createClusterSync().openDatabaseSync().close()
 */
export const createClusterSync: (clusterFile?: string) => Cluster = deprecate(
  clusterOf,
  'createClusterSync: use open',
)
