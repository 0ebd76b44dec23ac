/**
 * Files as they lie here: below the folder that all of them have in common, each where it is, so that every import finds in
 * an archive what it finds here, through links too.
 */
import { existsSync, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { UsageError } from '../../ground/errors.ts'

const MOST_FILES = 100_000
/** As many as Linux follows. */
const MOST_LINKS = 40

/** What no program reads: of git, and packages, which are found one by one. */
const PASSED_OVER = ['.git', 'node_modules']

export class Layout {
  /** Where each file's content is, by its place. */
  readonly #files = new Map<string, string>()
  /** Where each link leads to. */
  readonly #links = new Map<string, string>()
  readonly #trees = new Set<string>()

  get files(): ReadonlyMap<string, string> {
    return this.#files
  }

  get links(): ReadonlyMap<string, string> {
    return this.#links
  }

  /** Returns where it is once all links are followed. */
  addFile(path: string): string {
    const place = this.follow(path)
    this.#put(place, place)
    return place
  }

  /** A file that has its place elsewhere. */
  addAt(place: string, source: string): void {
    this.#put(place, source)
  }

  /** A file, or a folder with all in it that `isWanted`. */
  addTree(path: string, isWanted: (path: string) => boolean = () => true): void {
    const place = this.follow(path)
    if (this.#trees.has(place)) return
    this.#trees.add(place)
    const found = lstatSync(place)
    if (found.isFile()) this.#put(place, place)
    if (!found.isDirectory()) return
    for (const name of readdirSync(place)) {
      const below = join(place, name)
      if (!PASSED_OVER.includes(name) && isWanted(below)) this.addTree(below, isWanted)
    }
  }

  /** Keeps the links on the way to a path. */
  follow(path: string): string {
    let links = 0
    let place: string = sep
    let rest = resolve(path).split(sep).filter(Boolean)
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      const next = join(place, name)
      if (!statOf(next).isSymbolicLink()) {
        place = next
        continue
      }
      if (++links > MOST_LINKS) throw new UsageError(`${path} is a circle of links`)
      const target = resolve(place, readlinkSync(next))
      this.#links.set(next, target)
      rest = [...target.split(sep).filter(Boolean), ...rest]
      place = sep
    }
    return place
  }

  /** The folder that has all of it. */
  common(): string {
    const places = [...this.#files.keys(), ...this.#links.keys(), ...this.#links.values()]
    const folders = places.map(dirname)
    let common = folders[0] ?? sep
    while (!folders.every((folder) => isBelow(folder, common))) common = dirname(common)
    return common
  }

  #put(place: string, source: string): void {
    this.#files.set(place, source)
    if (this.#files.size <= MOST_FILES) return
    throw new UsageError(`the workloads come with more than ${MOST_FILES} files`)
  }
}

/** Of links themselves. */
function statOf(path: string): Stats {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found !== undefined) return found
  throw new UsageError(`there is no file ${path}`)
}

export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}

/** `node_modules/NAME` as Node finds it from a file or folder; undefined where it does not. */
export function findInstalled(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return undefined
  }
}
