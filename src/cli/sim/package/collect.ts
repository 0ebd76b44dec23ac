/** All files of an archive that are here already: the workloads, what they import, and this package. */
import { realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { packageRoot } from '../../../native/library/engine-path.ts'
import { readTestFile } from '../run/test-file.ts'
import { addFdbkit } from './add-fdbkit.ts'
import { Packages } from './add-packages.ts'
import { addWorkload } from './add-workload.ts'
import { Layout } from './layout.ts'
import type { PackageRequest } from './request.ts'
import type { Entry } from './write-archive.ts'

/** So that none has the name of one of ours. */
const FOLDER = 'files'

export interface Collected {
  readonly entries: ReadonlyMap<string, Entry>
  /** Where a file of here is in the archive. */
  readonly pathOf: (file: string) => string
  /** The folder of the native parts. */
  readonly native: string
  /** The program that runs a seed there. */
  readonly main: string
}

export async function collect(request: PackageRequest): Promise<Collected> {
  const own = realpathSync(packageRoot())
  const layout = new Layout()
  const packages = new Packages(layout, [own])
  const native = addFdbkit(own, layout, packages)
  for (const file of request.files) {
    layout.addFile(file)
    const { module } = readTestFile(file, request.module, request.workload)
    await addWorkload(module, { layout, packages, own })
  }
  for (const path of request.include ?? []) layout.addTree(path)
  const common = layout.common()
  const pathOf = (file: string): string => join(FOLDER, relative(common, resolve(file)))
  const main = join(own, 'dist', 'cli', 'sim', 'joshua', 'main.js')
  return { entries: entriesOf(layout, pathOf), pathOf, native, main }
}

function entriesOf(layout: Layout, pathOf: (file: string) => string): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const [place, source] of layout.files) entries.set(pathOf(place), { source })
  for (const [link, target] of layout.links) {
    const path = pathOf(link)
    entries.set(path, { target: relative(dirname(path), pathOf(target)) })
  }
  return entries
}
