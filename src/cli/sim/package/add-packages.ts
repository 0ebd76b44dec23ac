/** Packages, and those that they depend on, as they are installed. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findInstalled, type Layout } from './layout.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export class Packages {
  readonly #layout: Layout
  /** Those that come otherwise than whole. */
  readonly #known: Set<string>

  constructor(layout: Layout, known: readonly string[]) {
    this.#layout = layout
    this.#known = new Set(known)
  }

  /** The folder of a package, links on the way to it included. */
  addFolder(path: string): void {
    const folder = this.#layout.follow(path)
    if (this.#known.has(folder)) return
    this.#known.add(folder)
    this.#layout.addTree(folder)
    this.addDependencies(folder)
  }

  /** What a package depends on, as far as it is here: what isn't can't be needed. */
  addDependencies(folder: string, without: readonly string[] = []): void {
    const file = join(folder, 'package.json')
    if (!existsSync(file)) return
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
    const { dependencies, optionalDependencies, peerDependencies } = manifest
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    for (const name of names) {
      const found = without.includes(name) ? undefined : findInstalled(name, folder)
      if (found !== undefined) this.addFolder(found)
    }
  }
}

/** The folder of the package that a file is in, by its path alone; undefined outside of packages. */
export function packageFolderOf(file: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]
}

/** The package.json that says what the modules of a folder are. */
export function manifestOf(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) return manifest
    if (folder === dirname(folder)) return undefined
  }
}

/** The package's part of what is imported; undefined for files, Node's modules and a package's own names. */
export function packageNameOf(specifier: string): string | undefined {
  return /^(@[^/]+\/[^/]+|[^@./#:][^/:]*)(?:\/|$)/.exec(specifier)?.[1]
}
