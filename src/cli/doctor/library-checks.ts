import { buildCommand } from '../../native/library/native-home.ts'
import { clientApi, releaseOf } from '../../native/library/api-table.ts'
import {
  embeddedLibrary,
  findLibrary,
  loadProblem,
  ringLibrary,
} from '../../native/library/library.ts'
import type { LibraryLocation } from '../../native/library/library.ts'
import { OLDEST_API_VERSION, startNetwork } from '../../native/library/network.ts'
import { messageOf } from '../ground/errors.ts'
import { ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'
import { VERSION } from '../../native/values/version.ts'

/** The oldest Node.js that the package runs on. */
const OLDEST_NODE = 20

/** The part of this package that every use needs. */
export function checkNativeParts(): Finding {
  try {
    const path = ringLibrary()
    const problem = loadProblem(path)
    if (problem === undefined) return ok('native parts', path, { path })
    const advice = `Run \`${buildCommand()}\`: it was built for another system.`
    return wrong('native parts', problem, advice, { path })
  } catch (error) {
    const advice = `Run \`${buildCommand()}\`; it needs a C++ compiler.`
    return wrong('native parts', messageOf(error), advice)
  }
}

/** Finds the client library, and sees whether the loader takes it. */
export function checkLibrary(
  named: string | undefined,
  engine: boolean,
): { finding: Finding; library?: LibraryLocation } {
  let library: LibraryLocation
  try {
    library = engine ? embeddedLibrary() : findLibrary(named)
  } catch (error) {
    const [first = '', ...rest] = messageOf(error).split('\n')
    const advice =
      rest.length > 0
        ? rest.join('\n')
        : 'Install the FoundationDB client package of the release of the cluster, or use --embedded.'
    return { finding: wrong('library', first, advice) }
  }
  const { path, source } = library
  const problem = loadProblem(path)
  if (problem === undefined) {
    return { finding: ok('library', `${path} (${source})`, { path, source }), library }
  }
  const advice =
    'Take the client package for this system and processor: another one, or a damaged file, does not load.'
  return {
    finding: wrong('library', `${path} does not load: ${problem}`, advice, { path, source }),
  }
}

export interface Versions {
  readonly finding: Finding
  /** Of the client library, as the protocol's hexadecimal digits; undefined when it can't be used. */
  readonly protocol: string | undefined
}

/**
 * Versions of this package, Node.js and the library, and whether they go together. Starts the network:
 * the library knows its version from then on, and ends the process when it is asked before.
 */
export function checkVersions(library: LibraryLocation): Versions {
  try {
    startNetwork({ library })
  } catch (error) {
    const advice = `Use a client library of ${releaseOf(OLDEST_API_VERSION)} or later.`
    return { finding: wrong('versions', messageOf(error), advice), protocol: undefined }
  }
  const api = clientApi()
  const [client = '', , protocol = ''] = String(api.call('fdb_get_client_version')).split(',')
  const newest = Number(api.call('fdb_get_max_api_version'))
  const node = process.versions.node
  const fdbkit = VERSION
  const found = `fdbkit ${fdbkit}, Node.js ${node}, client ${client}, API versions to ${newest}`
  const data = { fdbkit, node, client, newestApiVersion: newest, protocol }
  const advice = adviceFor(node, newest)
  const finding =
    advice === undefined ? ok('versions', found, data) : wrong('versions', found, advice, data)
  return { finding, protocol }
}

function adviceFor(node: string, newest: number): string | undefined {
  if (Number.parseInt(node) < OLDEST_NODE) return `Use Node.js ${OLDEST_NODE} or later.`
  if (newest >= OLDEST_API_VERSION) return undefined
  return `Use a client library of ${releaseOf(OLDEST_API_VERSION)} or later.`
}
