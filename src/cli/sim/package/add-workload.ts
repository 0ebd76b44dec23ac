/** A workload's modules and the packages that they import. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Parts } from '../../../simulation/process/author-modules.ts'
import { UsageError } from '../../ground/errors.ts'
import { checkModule } from '../run/check-module.ts'
import { removeScratch, scratchFolder } from '../run/scratch.ts'
import { manifestOf, packageFolderOf, packageNameOf, type Packages } from './add-packages.ts'
import { findInstalled, isBelow, type Layout } from './layout.ts'

/** @param own the folder of this package, which comes otherwise. */
export async function addWorkload(
  module: string,
  { layout, packages, own }: { layout: Layout; packages: Packages; own: string },
): Promise<void> {
  const parts = await partsOf(module)
  for (const { url, imports } of parts.own) {
    const path = fileURLToPath(url)
    addModule(layout, path)
    for (const [specifier] of imports) {
      const name = packageNameOf(specifier)
      const installed = name === undefined ? undefined : findInstalled(name, path)
      if (installed === undefined) continue
      const folder = layout.follow(installed)
      if (name === 'fdbkit' && folder !== own) throw otherFdbkit(path, folder, own)
      if (packageFolderOf(join(folder, 'package.json')) !== undefined) packages.addFolder(folder)
      else layout.addFile(join(folder, 'package.json'))
    }
  }
  for (const url of parts.shared) {
    if (!url.startsWith('file:')) continue
    const path = fileURLToPath(url)
    const folder = packageFolderOf(path)
    if (isBelow(path, join(own, 'dist'))) continue
    if (folder === undefined) addModule(layout, path)
    else packages.addFolder(folder)
  }
}

/** With what says what it is: TypeScript, an ES module, of which package. */
function addModule(layout: Layout, path: string): void {
  const place = layout.addFile(path)
  const manifest = manifestOf(place)
  if (manifest !== undefined) layout.addFile(manifest)
}

async function partsOf(module: string): Promise<Parts> {
  const folder = scratchFolder()
  try {
    const list = join(folder, 'parts.json')
    await checkModule(module, list)
    return JSON.parse(readFileSync(list, 'utf8')) as Parts
  } finally {
    removeScratch(folder)
  }
}

function otherFdbkit(module: string, folder: string, own: string): UsageError {
  return new UsageError(
    `${module} imports the fdbkit in ${folder}, and this one is in ${own}: run the package's own, as npx does`,
  )
}
