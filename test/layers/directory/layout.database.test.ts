// The keys and values of directories, byte by byte, as the format of the official clients has them: each is
// written out here from the description of the format.
import { afterAll, describe, expect, it } from 'vitest'
import { DirectoryLayer, encoders } from '../../../src/index.ts'
import { openTestDatabase } from '../../support/database.ts'

const base = openTestDatabase()
afterAll(() => base.close())

let runs = 0
/** Directories with metadata at N and contents at C, so that all keys are short to write. */
function newDirectories() {
  const db = base.at(`run ${runs++}/`)
  const space = db.getSubspace()
  const layer = new DirectoryLayer({
    nodeSubspace: space.at('N'),
    contentSubspace: space.at('C'),
    allowManualPrefixes: true,
  })
  const at = (prefix: string) => Buffer.concat([db.getPrefix(), Buffer.from(prefix)])
  return { db, layer, at }
}

type Db = ReturnType<typeof newDirectories>['db']

/** A byte string as a tuple item: 01, the bytes with 00 as 00 FF, 00. */
function item(bytes: Buffer): string {
  return `01${bytes.toString('hex').replace(/(..)/g, (byte) => (byte === '00' ? '00ff' : byte))}00`
}

const hex = (text: string) => Buffer.from(text).toString('hex')
const LAYER = `01${hex('layer')}00`
const VERSION = `01${hex('version')}00`
const ALLOCATOR = `01${hex('hca')}00`
const child = (name: string) => `1402${hex(name)}00`

/** Everything behind N, without the prefix of the test. */
async function metadata(db: Db, under = 'N'): Promise<Record<string, string>> {
  const found = await db.getRangeAllStartsWith(under)
  return Object.fromEntries(
    found.map(([key, value]) => [key.toString('hex'), value.toString('hex')]),
  )
}

describe('the layout', () => {
  it('of a directory with a prefix of its own is that of the format', async () => {
    const { db, layer, at } = newDirectories()
    await layer.create(db, 'users', 'table', at('U'))
    await layer.create(db, ['users', 'ü'], null, at('V\0W'))
    const root = hex('N') + item(at('N'))
    const users = hex('N') + item(at('U'))
    const inner = hex('N') + item(at('V\0W'))
    expect(await metadata(db)).toEqual({
      [root + VERSION]: '010000000000000000000000',
      [root + child('users')]: at('U').toString('hex'),
      [users + LAYER]: hex('table'),
      [users + child('ü')]: at('V\0W').toString('hex'),
      [inner + LAYER]: '',
    })
  })

  it('of an allocated prefix is the content prefix and a packed number', async () => {
    const { db, layer, at } = newDirectories()
    const users = await layer.create(db, 'users')
    const { prefix } = users.getSubspace()
    expect(prefix.subarray(0, at('C').length)).toEqual(at('C'))
    const number = prefix.subarray(at('C').length).toString('hex')
    expect(number).toMatch(/^(14|15[0-3][0-9a-f])$/)
    const root = hex('N') + item(at('N'))
    expect(await metadata(db)).toEqual({
      [root + VERSION]: '010000000000000000000000',
      [root + child('users')]: prefix.toString('hex'),
      [hex('N') + item(prefix) + LAYER]: '',
      [`${root}${ALLOCATOR}1414`]: '0100000000000000',
      [`${root}${ALLOCATOR}1501${number}`]: '',
    })
  })

  it('of a partition has the metadata of what is in it behind its prefix and FE', async () => {
    const { db, layer, at } = newDirectories()
    const partition = await layer.create(db, 'p', 'partition', at('P'))
    const inside = await partition.create(db, 'in')
    const { prefix } = inside.getSubspace()
    const number = prefix.subarray(at('P').length).toString('hex')
    const root = hex('N') + item(at('N'))
    expect(await metadata(db)).toEqual({
      [root + VERSION]: '010000000000000000000000',
      [root + child('p')]: at('P').toString('hex'),
      [hex('N') + item(at('P')) + LAYER]: hex('partition'),
    })
    const nodes = Buffer.concat([at('P'), Buffer.of(0xfe)])
    const inner = `${hex('P')}fe${item(nodes)}`
    expect(await metadata(db, 'P')).toEqual({
      [inner + VERSION]: '010000000000000000000000',
      [inner + child('in')]: prefix.toString('hex'),
      [`${hex('P')}fe${item(prefix)}${LAYER}`]: '',
      [`${inner}${ALLOCATOR}1414`]: '0100000000000000',
      [`${inner}${ALLOCATOR}1501${number}`]: '',
    })
  })

  it('of a moved directory has another name and nothing else', async () => {
    const { db, layer, at } = newDirectories()
    await layer.create(db, 'a', 'x', at('U'))
    await layer.create(db, 'b', 'x', at('V'))
    await layer.move(db, 'a', ['b', 'c'])
    const root = hex('N') + item(at('N'))
    expect(await metadata(db)).toEqual({
      [root + VERSION]: '010000000000000000000000',
      [root + child('b')]: at('V').toString('hex'),
      [hex('N') + item(at('U')) + LAYER]: hex('x'),
      [hex('N') + item(at('V')) + LAYER]: hex('x'),
      [hex('N') + item(at('V')) + child('c')]: at('U').toString('hex'),
    })
  })

  it('has nothing left of a removed directory', async () => {
    const { db, layer, at } = newDirectories()
    const kept = await layer.create(db, 'kept', null, at('K'))
    const partition = await layer.create(db, ['a', 'p'], 'partition', at('P'))
    await layer.create(db, ['a', 'b'], null, at('U'))
    await db.at(await partition.create(db, 'in')).set('x', 'y')
    await db.at(await layer.create(db, ['a', 'b', 'c'], null, at('V'))).set('x', 'y')
    await db.at(kept).set('x', 'y')
    await layer.remove(db, 'a')
    const root = hex('N') + item(at('N'))
    const { [`${root}${ALLOCATOR}1414`]: count, ...left } = await metadata(db, '')
    expect(count).toBe('0100000000000000')
    const numbers = Object.keys(left).filter((key) => key.startsWith(`${root}${ALLOCATOR}1501`))
    expect(numbers).toHaveLength(1)
    delete left[numbers[0]!]
    expect(left).toEqual({
      [root + VERSION]: '010000000000000000000000',
      [root + child('kept')]: at('K').toString('hex'),
      [hex('N') + item(at('K')) + LAYER]: '',
      [hex('Kx')]: hex('y'),
    })
  })
})

describe('the version', () => {
  /** Directories whose metadata says that they are of another version. */
  async function ofVersion(version: string) {
    const directories = newDirectories()
    const { db, layer, at } = directories
    await layer.create(db, 'a', null, at('U'))
    const key = Buffer.from(hex('N') + item(at('N')) + VERSION, 'hex')
    await db.set(key, Buffer.from(version, 'hex'))
    return directories
  }

  it('of a newer format is refused', async () => {
    const { db, layer } = await ofVersion('020000000000000000000000')
    const refused = { reason: 'version', message: expect.stringContaining('2.0.0') }
    await expect(layer.open(db, 'a')).rejects.toMatchObject(refused)
    await expect(layer.exists(db, 'a')).rejects.toMatchObject(refused)
    await expect(layer.listAll(db)).rejects.toMatchObject(refused)
    await expect(layer.remove(db, 'a')).rejects.toMatchObject(refused)
  })

  it('of a newer minor format is read, and not written', async () => {
    const { db, layer, at } = await ofVersion('010000000100000000000000')
    expect((await layer.open(db, 'a')).getPath()).toEqual(['a'])
    expect(await layer.listAll(db)).toEqual(['a'])
    const before = await metadata(db, '')
    const refused = { reason: 'version', message: expect.stringContaining('1.1.0') }
    await expect(layer.create(db, 'b', null, at('V'))).rejects.toMatchObject(refused)
    await expect(layer.move(db, 'a', 'b')).rejects.toMatchObject(refused)
    await expect(layer.remove(db, 'a')).rejects.toMatchObject(refused)
    expect(await metadata(db, '')).toEqual(before)
  })

  it('of a newer micro format is of no matter', async () => {
    const { db, layer, at } = await ofVersion('010000000000000009000000')
    await layer.create(db, 'b', null, at('V'))
    expect(await layer.listAll(db)).toEqual(['a', 'b'])
  })

  it('of another length is damage', async () => {
    const { db, layer } = await ofVersion('01')
    await expect(layer.open(db, 'a')).rejects.toMatchObject({ reason: 'damaged' })
  })
})

describe('metadata that no directory layer writes', () => {
  const nodes = (db: Db) => db.at('N').withKeyEncoding(encoders.tuple)

  it.each([
    { what: 'an empty prefix', of: ['N', 0, 'a'], says: /empty prefix/ },
    { what: 'a name that is no text', of: ['N', 0, 7], says: /no text/ },
    { what: 'a node without a prefix', of: [null, 'x'], says: /no prefix/ },
  ])('as $what is damage, and nothing is made beside it', async ({ of, says }) => {
    const { db, layer, at } = newDirectories()
    await layer.create(db, 'whole', null, at('W'))
    const [node, ...rest] = of
    await nodes(db).set([typeof node === 'string' ? at(node) : null, ...rest], '')
    const before = await metadata(db)
    const damaged = { reason: 'damaged', message: expect.stringMatching(says) }
    // Only who gives a prefix meets other nodes than those on the path.
    const look = node === null ? layer.create(db, 'b', null, at('A')) : layer.listAll(db)
    await expect(look).rejects.toMatchObject(damaged)
    expect(await metadata(db)).toEqual(before)
  })
})
