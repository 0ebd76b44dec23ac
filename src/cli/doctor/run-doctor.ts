import { openContext } from '../../client/database/open.ts'
import type { DatabaseContext } from '../../client/connection/database-context.ts'
import { FDBError } from '../../index.ts'
import type { LibraryLocation } from '../../native/library/library.ts'
import { checkClusterFile } from './cluster-file.ts'
import { checkCoordinators } from './coordinators.ts'
import { messageOf } from '../ground/errors.ts'
import { ok, skipped, wrong } from './finding.ts'
import type { Finding } from './finding.ts'
import { checkLibrary, checkNativeParts, checkVersions } from './library-checks.ts'
import { checkRead } from './timed-read.ts'
import type { ReadSettings } from './timed-read.ts'

export interface DoctorSettings {
  /** The embedded engine in place of a cluster. */
  readonly engine: boolean
  readonly clusterFile: string | undefined
  readonly library: string | undefined
  readonly timeoutMs: number
}

const NOT_CHECKED = 'not checked: see above'

/** Looks at all that a program needs to reach its database, and says what is wrong. */
export async function runDoctor(settings: DoctorSettings): Promise<Finding[]> {
  const parts = checkNativeParts()
  const { finding, library } = checkLibrary(settings.library, settings.engine)
  if (library === undefined || parts.status !== 'ok') {
    return [
      parts,
      finding,
      skipped('versions', NOT_CHECKED),
      ...(await checkPlace(settings)).findings,
      skipped('read', NOT_CHECKED),
    ]
  }
  const versions = checkVersions(library)
  const place = await checkPlace(settings)
  const before = [parts, finding, versions.finding, ...place.findings]
  const { protocol } = versions
  if (protocol === undefined || !place.usable) return [...before, skipped('read', NOT_CHECKED)]
  const { timeoutMs } = settings
  const read = { timeoutMs, protocol, clusterFile: place.path, tls: place.tls }
  return [...before, await readWith(library, settings.engine, read)]
}

interface Place {
  readonly findings: readonly Finding[]
  readonly path: string | undefined
  readonly usable: boolean
  readonly tls: boolean
}

/** The cluster file and its coordinators. */
async function checkPlace({ engine, clusterFile, timeoutMs }: DoctorSettings): Promise<Place> {
  if (engine) {
    const findings = [ok('cluster file', 'none: the embedded engine needs none')]
    return { findings, path: undefined, usable: true, tls: false }
  }
  const { finding, path, coordinators } = checkClusterFile(clusterFile)
  if (path === undefined) {
    const findings = [finding, skipped('coordinators', NOT_CHECKED)]
    return { findings, path, usable: false, tls: false }
  }
  const findings = [finding, await checkCoordinators(coordinators, timeoutMs)]
  return {
    findings,
    path,
    usable: true,
    tls: coordinators.some(({ text }) => text.endsWith(':tls')),
  }
}

async function readWith(
  library: LibraryLocation,
  engine: boolean,
  settings: ReadSettings,
): Promise<Finding> {
  let context: DatabaseContext
  try {
    context = openContext({
      library: library.path,
      ...(engine
        ? { connectionString: 'named_doctor:embedded@127.0.0.1:1' }
        : { clusterFile: settings.clusterFile }),
    })
  } catch (error) {
    if (!(error instanceof FDBError)) throw error
    return wrong(
      'read',
      `the database does not open: ${messageOf(error)}`,
      '`fdbcli --exec status` shows the state of the cluster.',
    )
  }
  try {
    return await checkRead(context, settings)
  } finally {
    context.handle[Symbol.dispose]()
  }
}
