/** This package, as far as a simulation needs it. */
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { nativeHome } from '../../../native/library/native-home.ts'
import type { Packages } from './add-packages.ts'
import { isBelow, type Layout } from './layout.ts'

/** Folders of native parts: the simulator has the engine in itself. */
const PARTS = ['plugin', 'ring', 'host']

/** What makes archives, and what no simulation calls. */
const NOT_NEEDED = ['tar', '@opentelemetry/api']

/** The native parts get one place, wherever they are found here. Returns that place. */
export function addFdbkit(own: string, layout: Layout, packages: Packages): string {
  for (const name of ['package.json', 'LICENSE']) {
    if (existsSync(join(own, name))) layout.addFile(join(own, name))
  }
  const types = join(own, 'dist', 'commonjs')
  layout.addTree(join(own, 'dist'), (path) => !/\.d\.[mc]?ts$/.test(path) && !isBelow(path, types))
  packages.addDependencies(own, NOT_NEEDED)
  const native = join(own, 'build')
  const home = nativeHome().folder
  for (const part of PARTS) {
    const found = readdirSync(join(home, part), { recursive: true, withFileTypes: true })
    for (const file of found.filter((entry) => entry.isFile())) {
      const source = join(file.parentPath, file.name)
      layout.addAt(join(native, relative(home, source)), source)
    }
  }
  return native
}
