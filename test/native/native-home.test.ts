// Which native parts a copy of the package takes, in every layout that an installation has.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  builtHomes,
  findHome,
  ringPathIn,
  type HomeSearch,
} from '../../src/native/library/native-home.ts'
import { LibraryNotFoundError } from '../../src/native/library/not-found.ts'
import { VERSION } from '../../src/native/values/version.ts'

const PLATFORM = 'linux-x64'
const NAME = `@fdbkit/${PLATFORM}`

let folder: string
/** An installed package in a project, without native parts. */
let root: string
let search: HomeSearch
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'fdbkit-home-')))
  root = join(folder, 'app', 'node_modules', 'fdbkit')
  const environment = { XDG_CACHE_HOME: join(folder, 'cache') }
  search = { environment, root, places: [join(root, 'dist', 'x.js')], platform: PLATFORM }
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Native parts in a folder; of a package when they have a version. */
function parts(home: string, version?: string): string {
  mkdirSync(dirname(ringPathIn(home)), { recursive: true })
  writeFileSync(ringPathIn(home), '')
  if (version !== undefined) {
    writeFileSync(join(home, 'package.json'), JSON.stringify({ name: NAME, version }))
  }
  return home
}

function missing(given: HomeSearch): LibraryNotFoundError {
  try {
    findHome(given)
  } catch (error) {
    if (error instanceof LibraryNotFoundError) return error
    throw error
  }
  throw new Error('they were found')
}

const prebuiltBeside = (): string => parts(join(folder, 'app', 'node_modules', NAME), VERSION)

describe('the native parts', () => {
  test('are those of the prebuilt package, as npm lays it out', () => {
    const prebuilt = prebuiltBeside()
    expect(findHome(search)).toEqual({ folder: prebuilt, source: 'prebuilt' })
  })

  test('are found where only the package itself sees them, as pnpm lays it out', () => {
    const store = join(folder, 'app', 'node_modules', '.pnpm', `fdbkit@${VERSION}`, 'node_modules')
    const prebuilt = parts(join(store, NAME), VERSION)
    const places = [join(store, 'fdbkit', 'dist', 'x.js')]
    expect(findHome({ ...search, root: join(store, 'fdbkit'), places }).folder).toBe(prebuilt)
  })

  test('are those that were built, rather than prebuilt ones that may not fit', () => {
    prebuiltBeside()
    const [own = '', cache = ''] = builtHomes(root, search.environment, PLATFORM)
    parts(cache)
    expect(findHome(search)).toEqual({ folder: cache, source: 'built' })
    parts(own)
    expect(findHome(search)).toEqual({ folder: own, source: 'built' })
  })

  test('are those that FDBKIT_NATIVE names, or none', () => {
    prebuiltBeside()
    const named = join(folder, 'named')
    const environment = { ...search.environment, FDBKIT_NATIVE: named }
    expect(missing({ ...search, environment }).message).toContain(`FDBKIT_NATIVE names ${named}`)
    parts(named)
    expect(findHome({ ...search, environment })).toEqual({
      folder: named,
      source: 'FDBKIT_NATIVE',
    })
    parts(named, '99.0.0')
    expect(missing({ ...search, environment }).message).toContain('of version 99.0.0')
  })

  test('of a checkout are its own, built or not', () => {
    prebuiltBeside()
    mkdirSync(join(root, 'scripts'), { recursive: true })
    writeFileSync(join(root, 'scripts', 'setup.mjs'), '')
    expect(findHome(search)).toEqual({ folder: join(root, 'build'), source: 'checkout' })
  })

  test('of another version are not taken, and are named with what to do', () => {
    const prebuilt = parts(join(folder, 'app', 'node_modules', NAME), '99.0.0')
    const error = missing(search)
    expect(error.looked).toContain(prebuilt)
    expect(error.message).toContain(`${prebuilt} is of version 99.0.0`)
    expect(error.message).toContain(`npm install ${NAME}@${VERSION}`)
  })

  test('of an older version are passed over for those of this one', () => {
    const nearer = parts(join(root, 'node_modules', NAME), '99.0.0')
    const prebuilt = prebuiltBeside()
    const places = [join(root, 'dist', 'x.js'), join(folder, 'app', 'package.json')]
    expect(findHome({ ...search, places }).folder).toBe(prebuilt)
    rmSync(nearer, { recursive: true })
    expect(findHome({ ...search, places }).folder).toBe(prebuilt)
  })

  test('of a bundle are looked for from the places that it has, and in the cache', () => {
    const bundle = { ...search, root: undefined, places: [join(folder, 'elsewhere.mjs')] }
    expect(missing(bundle).message).toContain(`the package ${NAME} is not installed here`)
    const prebuilt = prebuiltBeside()
    const places = [...bundle.places, join(folder, 'app', 'package.json')]
    expect(findHome({ ...bundle, places }).folder).toBe(prebuilt)
    const [cache = ''] = builtHomes(undefined, search.environment, PLATFORM)
    cpSync(prebuilt, cache, { recursive: true })
    expect(findHome(bundle)).toEqual({ folder: cache, source: 'built' })
  })

  test('for a machine that has no prebuilt ones: the message says so, and names the build', () => {
    const error = missing({ ...search, platform: 'linux-riscv64' })
    expect(error.message).toContain('fdbkit has no prebuilt native parts for linux-riscv64: run `')
  })
})
