/**
 * The folder of the native parts: engine, ring, plugin and simulator. docs/packaging.md says which places there are and
 * why in that order.
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { VERSION } from '../values/version.ts'
import { LibraryNotFoundError } from './not-found.ts'
import { findPackageRoot, places, resolveFolder, versionIn } from './packages.ts'

export type HomeSource = 'FDBKIT_NATIVE' | 'checkout' | 'built' | 'prebuilt'

export interface NativeHome {
  readonly folder: string
  readonly source: HomeSource
}

/** What can differ for a test. */
export interface HomeSearch {
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** The folder of the package; undefined: a bundle that left it behind. */
  readonly root?: string | undefined
  /** Files whose imports are looked up for a prebuilt package. */
  readonly places?: readonly string[]
  /** As `linux-x64`. */
  readonly platform?: string
}

/** Those that a prebuilt package is made for; `scripts/lib/platforms.mjs` makes them. */
const PREBUILT = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64']

const suffix = process.platform === 'darwin' ? '.dylib' : '.so'

export function ringPathIn(home: string): string {
  return join(home, 'ring', `libfdbkit_ring${suffix}`)
}

let found: NativeHome | undefined

/** @throws LibraryNotFoundError when there are none, or none of this version. */
export function nativeHome(): NativeHome {
  return (found ??= findHome())
}

/** As {@link nativeHome}, each time anew. */
export function findHome(search: HomeSearch = {}): NativeHome {
  const { environment = process.env, platform = `${process.platform}-${process.arch}` } = search
  const root = 'root' in search ? search.root : findPackageRoot()
  const named = environment['FDBKIT_NATIVE']
  if (named !== undefined && named !== '') return namedHome(named)
  if (root !== undefined && isCheckout(root)) {
    return { folder: join(root, 'build'), source: 'checkout' }
  }
  const built = builtHomes(root, environment, platform)
  const own = built.find((folder) => existsSync(ringPathIn(folder)))
  if (own !== undefined) return { folder: own, source: 'built' }
  const name = `@fdbkit/${platform}`
  const packages = (search.places ?? places()).flatMap((place) => resolveFolder(name, place) ?? [])
  const prebuilt = packages.find((folder) => versionIn(folder) === VERSION)
  if (prebuilt !== undefined) return { folder: prebuilt, source: 'prebuilt' }
  throw new LibraryNotFoundError(missing(platform, packages), [...built, ...packages])
}

/** The command that builds what is missing: in a checkout its own set-up, in an installed package the program's. */
export function buildCommand(): string {
  const root = findPackageRoot()
  return root !== undefined && isCheckout(root) ? 'npm run setup' : 'npx fdbkit build'
}

function isCheckout(root: string): boolean {
  return existsSync(join(root, 'scripts', 'setup.mjs'))
}

/** Where `fdbkit build` puts what it makes: into the package, or where that is not to be written, into a cache. */
export function builtHomes(
  root: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform = `${process.platform}-${process.arch}`,
): string[] {
  const given = environment['XDG_CACHE_HOME'] ?? ''
  const caches = given.startsWith('/') ? given : join(homedir(), '.cache')
  const cache = join(caches, 'fdbkit', `${VERSION}-${platform}`)
  return root === undefined ? [cache] : [join(root, 'build'), cache]
}

function namedHome(folder: string): NativeHome {
  const ring = ringPathIn(folder)
  const version = versionIn(folder)
  if (existsSync(ring) && (version === undefined || version === VERSION)) {
    return { folder, source: 'FDBKIT_NATIVE' }
  }
  const why = existsSync(ring)
    ? `whose parts are of version ${version}, and this is fdbkit ${VERSION}`
    : `and there is no ${ring}`
  throw new LibraryNotFoundError(
    `FDBKIT_NATIVE names ${folder}, ${why}. Correct it, or leave it out.`,
    [ring],
  )
}

function missing(system: string, packages: readonly string[]): string {
  const platform = isMusl() ? `${system}-musl` : system
  const name = `@fdbkit/${platform}`
  const build = `\`${buildCommand()}\`, which needs a C++ compiler`
  const [other] = packages
  if (other !== undefined) {
    return (
      `${name} in ${other} is of version ${versionIn(other)}, and this is fdbkit ${VERSION}: install both ` +
      `of one version (\`npm install ${name}@${VERSION}\`), or run ${build}.`
    )
  }
  if (!PREBUILT.includes(platform)) {
    return `fdbkit has no prebuilt native parts for ${platform}: run ${build}.`
  }
  return (
    `fdbkit's native parts are missing: the package ${name} is not installed here. Install it ` +
    `(\`npm install ${name}@${VERSION}\`; npm leaves it out with --omit=optional, or when node_modules comes ` +
    `from another kind of machine), or run ${build}.`
  )
}

/** Prebuilt packages are for glibc. The report takes some milliseconds: only for a message. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
}
