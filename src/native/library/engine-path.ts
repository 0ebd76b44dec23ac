import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const suffix = process.platform === 'darwin' ? '.dylib' : '.so'

/** The folder of package.json; the same seen from `src` and from `dist`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder)
    if (above === folder) throw new Error('fdbkit cannot find the folder of its package.json')
    folder = above
  }
  return folder
}

/** The command that builds what is missing: in a checkout its own set-up, in an installed package the program's. */
export function buildCommand(): string {
  const isCheckout = existsSync(join(packageRoot(), 'scripts', 'setup.mjs'))
  return isCheckout ? 'npm run setup' : 'npx fdbkit build'
}

/** The folder of the bundled engine's libfdb_c, for LD_LIBRARY_PATH. It may not be built yet. */
export function engineFolder(root = packageRoot()): string {
  return join(root, 'build', 'engine')
}

/** The bundled engine, of this copy of the package or of another one. */
export function engineLibraryPath(root = packageRoot()): string {
  return join(engineFolder(root), `libfdb_c${suffix}`)
}

/** The completion ring between the network thread and the event loop. */
export function ringLibraryPath(root = packageRoot()): string {
  return join(root, 'build', 'ring', `libfdbkit_ring${suffix}`)
}
