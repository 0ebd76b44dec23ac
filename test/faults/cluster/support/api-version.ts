/** The API version that client libraries have in common: each takes all up to its own newest. */
import koffi from 'koffi'

export function newestOfAll(libraries: readonly string[]): number {
  const newest = libraries.map((path) => {
    const ask = koffi.load(path).func('int fdb_get_max_api_version()') as () => number
    return ask()
  })
  return Math.min(...newest)
}
