/**
 * The copies of this package in a process: they go through the native libraries of the one that came first, so that there
 * is one network, one embedded engine and one ring for a worker. It is native memory that knows which one that is: workers
 * share nothing else.
 */
import { FDBStateError } from '../errors/errors.ts'
import { shared } from '../values/shared.ts'
import { VERSION } from '../values/version.ts'
import { koffi } from './foreign.ts'
import { ringLibrary } from './library.ts'
import { buildCommand, nativeHome } from './native-home.ts'
import { LibraryNotFoundError } from './not-found.ts'
import { ownCode, ownPath } from '../values/own-path.ts'

/** As native-callbacks/ring/client/process.h has it: lines of a version, of its native parts, and of its code. */
const CLAIM = 'int fdbkit_process_claim(const char *copy, _Out_ uint8_t *first, int size)'
const TEXT_SIZE = 8192

type Claim = (copy: string, first: Uint8Array, size: number) => number

/**
 * The folder of the native parts of the copy that came first. Loads the ring of this one if there is none.
 *
 * @throws FDBStateError when that copy has another version; LibraryNotFoundError.
 */
export function firstCopy(): string {
  return shared('first copy', claim)
}

function claim(): string {
  const first = Buffer.alloc(TEXT_SIZE)
  const code = ownCode() ?? ownPath()
  claimFunction()(`${VERSION}\n${nativeHome().folder}\n${code}`, first, first.length)
  const lines = first.toString('utf8', 0, first.indexOf(0)).split('\n')
  const [version = '', home = '', place = ''] = lines
  if (version === VERSION) return home
  throw new FDBStateError(
    `This process has two copies of fdbkit: ${version} in ${place}, which came first, and ${VERSION} in ` +
      `${code}. A process has one network, and only copies of one version share it: install one ` +
      'version (`npm ls fdbkit` lists them, `npm dedupe` may do it).',
  )
}

/** That of the ring that was loaded first, also by another worker at this moment. */
function claimFunction(): Claim {
  const known = findClaim()
  if (known !== undefined) return known
  loadRing(ringLibrary())
  const found = findClaim()
  if (found === undefined) throw new Error('the completion ring is of another version of fdbkit')
  return found
}

function loadRing(path: string): void {
  try {
    koffi().load(path, { global: true })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new LibraryNotFoundError(
      `${path} does not load here: ${why}. Run \`${buildCommand()}\`, which builds the native parts for this ` +
        'machine; it needs a C++ compiler.',
      [path],
    )
  }
}

function findClaim(): Claim | undefined {
  try {
    return koffi().load(null).func(CLAIM)
  } catch {
    return undefined
  }
}
