import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  engineFolder,
  engineLibraryPath,
  packageRoot,
} from '../../src/native/library/engine-path.ts'
import { embeddedLibrary, findLibrary } from '../../src/native/library/library.ts'
import { LibraryNotFoundError } from '../../src/native/library/not-found.ts'

const fileName = process.platform === 'darwin' ? 'libfdb_c.dylib' : 'libfdb_c.so'
const loaderPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'fdbkit-library-')))
})
afterEach(() => rmSync(folder, { recursive: true }))

function place(...path: string[]): string {
  const file = join(folder, ...path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, '')
  return file
}

function notFound(search: () => unknown): LibraryNotFoundError {
  try {
    search()
  } catch (error) {
    if (error instanceof LibraryNotFoundError) return error
    throw error
  }
  throw new Error('it was found')
}

describe('the client library', () => {
  test('is the one that was asked for, before all others', () => {
    const mine = place('mine', fileName)
    const named = place('named', fileName)
    const environment = { FDBKIT_LIBRARY: named }
    expect(findLibrary(mine, { environment })).toEqual({ path: mine, source: 'explicit' })
    expect(findLibrary(undefined, { environment })).toEqual({
      path: named,
      source: 'FDBKIT_LIBRARY',
    })
  })

  test('may be named by its folder, and by a link', () => {
    const file = place('real', fileName)
    expect(findLibrary(join(folder, 'real')).path).toBe(file)
    symlinkSync(file, join(folder, 'link.so'))
    expect(findLibrary(join(folder, 'link.so')).path).toBe(file)
  })

  test('is looked for where the loader looks, then where systems keep it', () => {
    const system = place('system', fileName)
    const folders = [join(folder, 'nowhere'), join(folder, 'system')]
    expect(findLibrary(undefined, { environment: {}, folders })).toEqual({
      path: system,
      source: 'system',
    })
    const loader = place('loader', fileName)
    const environment = {
      [loaderPath]: `/does/not/exist:${join(folder, 'loader')}`,
      FDBKIT_LIBRARY: '',
    }
    expect(findLibrary(undefined, { environment, folders }).path).toBe(loader)
  })

  test('that was named and is not there is not replaced by another', () => {
    const folders = [join(place('system', fileName), '..')]
    const missing = join(folder, 'missing.so')
    const explicit = notFound(() => findLibrary(missing, { environment: {}, folders }))
    expect(explicit.message).toContain(missing)
    const environment = { FDBKIT_LIBRARY: missing }
    const named = notFound(() => findLibrary(undefined, { environment, folders }))
    expect(named.message).toMatch(/^FDBKIT_LIBRARY names .*missing\.so/)
  })

  test('that is nowhere: the error lists the places and both ways out', () => {
    const folders = [join(folder, 'a'), join(folder, 'b')]
    const error = notFound(() => findLibrary(undefined, { environment: {}, folders }))
    expect(error.looked).toEqual(folders.map((one) => join(one, fileName)))
    for (const path of error.looked) expect(error.message).toContain(path)
    expect(error.message).toContain('https://github.com/apple/foundationdb/releases')
    expect(error.message).toContain('openEmbedded()')
    expect(error.message).toContain('FDBKIT_ENGINE=embedded')
  })
})

describe('the embedded engine', () => {
  test('lies in the package', () => {
    expect(engineFolder().startsWith(packageRoot())).toBe(true)
    expect(embeddedLibrary()).toEqual({
      path: realpathSync(engineLibraryPath()),
      source: 'embedded',
    })
  })
})
