import { inject } from 'vitest'
import './real-cluster-setup.ts'

/**
 * What the running test file talks to. A process loads one client library only, so the choice is the
 * vitest project's (`engine` or `real`), not the test's.
 */
export interface Backend {
  readonly name: 'engine' | 'real'
  /** The cluster file to open; undefined on the engine. */
  readonly clusterFile: string | undefined
  /** What a child process or a worker needs in its environment so that `open()` finds the same. */
  readonly environment: Readonly<Record<string, string>>
}

const clusterFile = inject('clusterFile')

export const backend: Backend =
  clusterFile === undefined
    ? { name: 'engine', clusterFile: undefined, environment: { FDBKIT_ENGINE: 'embedded' } }
    : { name: 'real', clusterFile, environment: { FDB_CLUSTER_FILE: clusterFile } }
