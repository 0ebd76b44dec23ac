// Every public name of node-foundationdb is there, and every code has its number.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import * as directoryModule from '../../src/compat/directory.ts'
import * as fdb from '../../src/compat/index.ts'
import * as transformerModule from '../../src/compat/bytes/transformer.ts'
import * as utilModule from '../../src/compat/bytes/util.ts'
import * as versionstampModule from '../../src/compat/bytes/versionstamp.ts'
import { readPeerNames } from './peer-names.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const peer = readPeerNames()
const named = fdb as unknown as Record<string, object & { prototype: object }>

/** The peer's own machinery, of no use outside of it. */
const INSIDE = new Set([
  // Written with an underscore or "private" there.
  'constructor',
  'getPrefixForNode',
  'contentSubspaceForNode',
  'contentSubspaceForNodeWithXF',
  'find',
  'findWithMeta',
  'getLayerForPath',
  // The counter of its allocator, exported for its tests.
  'counterEncoding',
])

const isPublic = (name: string) => !name.startsWith('_') && !INSIDE.has(name)
const missing = (names: string[], has: (name: string) => boolean) =>
  names.filter(isPublic).filter((name) => !has(name))

describe('fdbkit/compat', () => {
  it('has by default what it has by name', () => {
    const { default: all, ...names } = fdb
    expect({ ...all }).toEqual(names)
  })

  it('has every export', () => {
    expect(peer.exports.length).toBeGreaterThan(25)
    expect(missing(peer.exports, (name) => named[name] !== undefined)).toEqual([])
  })

  it.each(Object.entries(peer.classes))('has every method of %s', (name, methods) => {
    expect(methods.length).toBeGreaterThan(5)
    expect(missing(methods, (method) => method in named[name]!.prototype)).toEqual([])
  })

  it.each(Object.entries(peer.enums))('has every code of %s', (name, codes) => {
    expect(Object.keys(codes).length).toBeGreaterThan(1)
    expect(named[name]).toMatchObject(codes)
  })

  it.each(Object.entries(peer.objects))('has all that %s has', (name, members) => {
    expect(missing(members, (member) => member in named[name]!)).toEqual(
      // A function that fdb-tuple exports by chance; `util` of both has it.
      name === 'tuple' ? ['concat2'] : [],
    )
  })

  const modules: Record<string, object> = {
    directory: directoryModule,
    transformer: transformerModule,
    util: utilModule,
    versionstamp: versionstampModule,
  }
  it.each(Object.entries(peer.modules))('has all of the module %s', (name, members) => {
    expect(missing(members, (member) => member in modules[name]!)).toEqual([])
  })

  const loads: Record<string, [kind: string, load: string]> = {
    import: ['module', "import * as fdb from 'fdbkit/compat'"],
    'a default import': ['module', "import fdb from 'fdbkit/compat'"],
    require: ['commonjs', "const fdb = require('fdbkit/compat')"],
  }
  it.each(Object.entries(loads))('is there for %s', (_, [kind, load]) => {
    const program = `${load}
      const db = fdb.open()
      db.set('a', 'b').then(() => db.get('a')).then((value) => {
        console.log(value.toString())
        db.close()
      })`
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [`--input-type=${kind}`, '--eval', program],
      {
        cwd: import.meta.dirname,
        env: { ...process.env, FDBKIT_ENGINE: 'embedded' },
        encoding: 'utf8',
        timeout: HANG_LIMIT,
      },
    )
    expect(stdout, stderr).toBe('b\n')
  })
})
