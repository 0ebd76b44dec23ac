import { beforeEach } from 'vitest'
import { open, openEmbedded } from '../../src/index.ts'
import type { Database, OpenEmbeddedOptions } from '../../src/index.ts'
import { backend } from '../support/backends.ts'

/** The database that this run of the tests is about. On the engine: a new one for each file. */
export function openBackend(options: OpenEmbeddedOptions = {}): Database {
  return backend.clusterFile === undefined
    ? openEmbedded(options)
    : open({ ...options, clusterFile: backend.clusterFile })
}

/** A scope of the database that is empty before each test. */
export function emptyScope(db: Database, name: string): Database {
  const scope = db.at(`${name}/`)
  beforeEach(() => scope.clearRangeStartsWith(''))
  return scope
}
