// What all scopes of an open database share, and the calls about the cluster behind it.
import { shown } from '../../native/values/describe.ts'
import { shared } from '../../native/values/shared.ts'
import { NEWEST_API_VERSION, OLDEST_API_VERSION } from '../../native/library/network.ts'

const selection = shared<{ version?: number }>('API version', () => ({}))

/**
 * Selects the API version for every `open` after this that names none. Without it, the highest that both
 * the library and this package have is taken. A process has one version: the first `open` settles it.
 *
 * @param version 510 to 740.
 * @throws RangeError for a version that this package doesn't speak.
 * @example setAPIVersion(730)
 */
export function setAPIVersion(version: number): void {
  if (!Number.isInteger(version)) {
    throw new TypeError(`an API version is an integer, not ${shown(version)}`)
  }
  if (version < OLDEST_API_VERSION || version > NEWEST_API_VERSION) {
    throw new RangeError(
      `an API version is from ${OLDEST_API_VERSION} to ${NEWEST_API_VERSION}, not ${version}`,
    )
  }
  selection.version = version
}

export function selectedAPIVersion(): number | undefined {
  return selection.version
}
