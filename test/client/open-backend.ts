import { beforeEach } from 'vitest'
import { open, openEmbedded } from '../../src/index.ts'
import type { Database } from '../../src/index.ts'
import { backend } from '../support/backends.ts'

/** The database that this run of the tests is about. On the engine: a new one for each file. */
export function openBackend(): Database {
  return backend.clusterFile === undefined
    ? openEmbedded()
    : open({ clusterFile: backend.clusterFile })
}

/** A scope of the database that is empty before each test. */
export function emptyScope(db: Database, name: string): Database {
  const scope = db.at(`${name}/`)
  beforeEach(() => scope.clearRangeStartsWith(''))
  return scope
}
