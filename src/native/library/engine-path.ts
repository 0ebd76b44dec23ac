import { join } from 'node:path'
import { nativeHome, ringPathIn } from './native-home.ts'
import { findPackageRoot } from './packages.ts'

const suffix = process.platform === 'darwin' ? '.dylib' : '.so'

/** The folder of package.json, for those who are never in a bundle; the same seen from `src` and from `dist`. */
export function packageRoot(): string {
  const root = findPackageRoot()
  if (root === undefined) throw new Error('fdbkit cannot find the folder of its package.json')
  return root
}

/** The folder of the bundled engine's libfdb_c, for LD_LIBRARY_PATH. In a checkout it may not be built yet. */
export function engineFolder(home = nativeHome().folder): string {
  return join(home, 'engine')
}

/** The bundled engine, of these native parts or of another copy's. */
export function engineLibraryPath(home = nativeHome().folder): string {
  return join(engineFolder(home), `libfdb_c${suffix}`)
}

/** The completion ring between the network thread and the event loop. */
export function ringLibraryPath(home = nativeHome().folder): string {
  return ringPathIn(home)
}

/** The workload library that simulators load. Linux only. */
export function pluginPath(home = nativeHome().folder): string {
  return join(home, 'plugin', 'libfdbkit_workload.so')
}

/** The same for an fdbserver that was built with libc++; it is there where clang with libc++ was. */
export function libcxxPluginPath(home = nativeHome().folder): string {
  return join(home, 'plugin', 'libcxx', 'libfdbkit_workload.so')
}

/** The simulator over the embedded engine. Linux only. */
export function simulatorPath(home = nativeHome().folder): string {
  return join(home, 'host', 'fdbkit-simulator')
}
