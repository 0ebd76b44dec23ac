/** What the tests of this process run on. A process loads one client library, so it is the same for all of them. */

/** The variable that names the cluster file of the tests' cluster; {@link onBothBackends} sets it. */
export const CLUSTER_VARIABLE = 'FDBKIT_ON_CLUSTER'

/** What tests run on: the embedded engine, or a real cluster. */
export interface Backend {
  /** `engine`, or `real`: the cluster whose file `FDBKIT_ON_CLUSTER` names. */
  readonly name: 'engine' | 'real'
  /** The cluster file; undefined on the engine. */
  readonly clusterFile: string | undefined
  /** What a child process needs in its environment so that `open()` and `testDatabase()` find the same. */
  readonly environment: Readonly<Record<string, string>>
}

export const ENGINE: Backend = {
  name: 'engine',
  clusterFile: undefined,
  environment: { FDBKIT_ENGINE: 'embedded', [CLUSTER_VARIABLE]: '' },
}

export function clusterBackend(clusterFile: string): Backend {
  const environment = {
    FDBKIT_ENGINE: '',
    FDB_CLUSTER_FILE: clusterFile,
    [CLUSTER_VARIABLE]: clusterFile,
  }
  return { name: 'real', clusterFile, environment }
}

/**
 * What the tests of this process run on, as {@link onBothBackends} has set it; the engine unless it did.
 *
 * @example
 * const { name } = currentBackend()
 * console.log(name) // engine
 */
export function currentBackend(): Backend {
  const clusterFile = process.env[CLUSTER_VARIABLE] ?? ''
  return clusterFile === '' ? ENGINE : clusterBackend(clusterFile)
}
