// How directories are used: scopes, encodings, retries, and what is said about misuse.
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import {
  Directory,
  DirectoryError,
  DirectoryLayer,
  encoders,
  hostEnvironment,
  open,
  openEmbedded,
} from '../../../src/index.ts'
import type { Environment, UnpackedItem } from '../../../src/index.ts'
import { backend } from '../../support/backends.ts'
import { openTestDatabase } from '../../support/database.ts'
import { SEED_COUNT } from '../../support/seeds.ts'

const db = openTestDatabase()
afterAll(() => db.close())
beforeEach(() => db.clearRangeStartsWith(''))

const space = db.getSubspace()
const directories = new DirectoryLayer({
  nodeSubspace: space.at('nodes'),
  contentSubspace: space.at('content'),
})

describe('a directory', () => {
  it('takes the encodings of the scope that it is opened with', async () => {
    const typed = db.withKeyEncoding(encoders.tuple).withValueEncoding(encoders.int32BE)
    const counts = await directories.create(typed, ['app', 'counts'])
    expectTypeOf(await db.at(counts).get(['a'])).toEqualTypeOf<number | undefined>()
    await db.at(counts).set(['a', 1], 7)
    expect(await db.at(counts).getRangeAllStartsWith(['a'])).toEqual([[['a', 1], 7]])

    const opened = await db
      .withValueEncoding(encoders.json)
      .doTransaction((tn) => directories.open(tn, ['app', 'counts']))
    expectTypeOf(opened.getSubspace().keyXf.unpack).returns.toEqualTypeOf<Buffer>()
    expectTypeOf(counts.getSubspace().keyXf.unpack).returns.toEqualTypeOf<UnpackedItem[]>()
    expect(opened.getSubspace().prefix).toEqual(counts.getSubspace().prefix)
  })

  it('is a part of the transaction it is made in', async () => {
    const failed = db.doTransaction(async (tn) => {
      const made = await directories.create(tn, 'a')
      tn.at(made).set('x', 'y')
      expect(await directories.exists(tn, 'a')).toBe(true)
      throw new Error('not this time')
    })
    await expect(failed).rejects.toThrow('not this time')
    expect(await db.getRangeAllStartsWith('')).toEqual([])
  })

  it('is made once, with its parents, by many who open it at once', async () => {
    const openings = Array.from({ length: 20 }, (_, i) =>
      directories.createOrOpen(db, ['shared', 'by all', String(i % 4)]),
    )
    const opened = await Promise.all(openings)
    const prefixes = new Set(opened.map((one) => one.getSubspace().prefix.toString('hex')))
    expect(prefixes.size).toBe(4)
    expect(await directories.listAll(db, ['shared', 'by all'])).toEqual(['0', '1', '2', '3'])
  })

  it('keeps its contents when it or its parent moves', async () => {
    const users = await directories.create(db, ['app', 'users'])
    await db.at(users).set('ada', '1')
    await directories.move(db, 'app', 'old')
    const moved = await (await directories.open(db, ['old', 'users'])).moveTo(db, 'people')
    expect(moved.getPath()).toEqual(['people'])
    expect((await db.at(moved).get('ada'))?.toString()).toBe('1')
    expect((await db.at(users).get('ada'))?.toString()).toBe('1')
    expect(await directories.exists(db, ['old', 'users'])).toBe(false)
  })

  it('lists its subdirectories in the order of their bytes, one by one in a transaction', async () => {
    const names = ['b', 'a', '', 'ü', '\u{1f600}', '\uffee', 'a\0b']
    for (const name of names) await directories.create(db, ['dir', name])
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(await directories.listAll(db, 'dir')).toEqual(sorted)
    const dir = await directories.open(db, 'dir')
    const found = await db.doTransaction(async (tn) => {
      const streamed: string[] = []
      for await (const name of dir.list(tn)) streamed.push(name)
      return streamed
    })
    expect(found).toEqual(sorted)
  })

  it('has its layer, and copies of what it is asked for', async () => {
    const layer = Buffer.from([0, 0xff])
    const made = await directories.create(db, 'a', layer)
    layer.fill(1)
    expect(made.getLayerRaw()).toEqual(Buffer.from([0, 0xff]))
    made.getLayerRaw().fill(2)
    made.getPath().push('b')
    const opened = await directories.open(db, 'a', Buffer.from([0, 0xff]))
    expect(opened.getLayerRaw()).toEqual(made.getLayerRaw())
    expect(made.getPath()).toEqual(['a'])
    expect((await directories.createOrOpen(db, 'b')).getLayer()).toBe('')
  })
})

describe('a partition', () => {
  it('is no subspace, and shows what is in it', async () => {
    const partition = await directories.create(db, 'p', 'partition')
    expect(partition.isPartition()).toBe(true)
    expect(() => partition.getSubspace()).toThrow(DirectoryError)
    expect(() => db.at(partition)).toThrow(/partition/)
    const inside = await partition.create(db, ['a', 'b'])
    expect(inside.getPath()).toEqual(['p', 'a', 'b'])
    expect(inside.getSubspace().prefix.indexOf(partition.content.prefix)).toBe(0)
    expect((await directories.open(db, ['p', 'a', 'b'])).getPath()).toEqual(['p', 'a', 'b'])
    expect(await directories.listAll(db, 'p')).toEqual(['a'])
  })

  it('goes with all that is in it', async () => {
    const partition = await directories.create(db, 'p', 'partition')
    const inside = await partition.create(db, 'a')
    await db.at(inside).set('x', 'y')
    const moved = await partition.moveTo(db, 'q')
    expect(await moved.listAll(db)).toEqual(['a'])
    expect(await moved.remove(db)).toBe(true)
    expect(await moved.exists(db)).toBe(false)
    const left = await db.getRoot().getRangeAllStartsWith(partition.content.prefix)
    expect(left).toEqual([])
  })
})

describe('a move', () => {
  it('of a directory goes to any place of its partition, however deep both are', async () => {
    const names = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(names, names, names, async (above, from, to) => {
        const base = [`run ${runs++}`, ...above]
        const partition = await directories.create(db, base, 'partition')
        const made = await partition.create(db, ['from', ...from])
        await partition.create(db, ['to', ...to.slice(1)])
        await db.at(made).set('x', 'y')
        const moved = await made.moveTo(db, [...base, 'to', ...to.slice(1), 'here'])
        expect(moved.getPath()).toEqual([...base, 'to', ...to.slice(1), 'here'])
        expect((await db.at(moved).get('x'))?.toString()).toBe('y')
        expect(await made.exists(db)).toBe(false)
      }),
      { numRuns: SEED_COUNT },
    )
  })

  it('stays within a partition', async () => {
    for (const name of ['p', 'q']) {
      const partition = await directories.create(db, name, 'partition')
      await partition.create(db, ['a', 'b'])
    }
    await directories.create(db, 'r')
    const refused = { reason: 'between_partitions' }
    for (const [from, to] of [
      [
        ['p', 'a'],
        ['q', 'c'],
      ],
      [['p', 'a'], ['c']],
      [['r'], ['p', 'c']],
      [['r'], ['p', 'a', 'c']],
    ]) {
      await expect(directories.move(db, from, to)).rejects.toMatchObject(refused)
    }
    const inside = await directories.open(db, ['p', 'a'])
    await expect(inside.moveTo(db, 'c')).rejects.toMatchObject(refused)
    const moved = await directories.move(db, ['p', 'a'], ['p', 'c'])
    expect(moved.getPath()).toEqual(['p', 'c'])
    expect(moved.getSubspace().prefix).toEqual(inside.getSubspace().prefix)
    expect(await directories.listAll(db, ['p', 'c'])).toEqual(['b'])
    expect(await directories.listAll(db, 'q')).toEqual(['a'])
  })

  it('needs a parent, a free name, and a place outside of what it moves', async () => {
    await directories.create(db, ['a', 'b'])
    const move = (from: string[], to: string[]) => directories.move(db, from, to)
    await expect(move(['a'], ['x', 'y'])).rejects.toMatchObject({ reason: 'no_parent' })
    await expect(move(['a', 'b'], ['a'])).rejects.toMatchObject({ reason: 'exists' })
    await expect(move(['a'], [])).rejects.toMatchObject({ reason: 'exists' })
    await expect(move(['a'], ['a', 'b', 'c'])).rejects.toMatchObject({ reason: 'into_itself' })
    await expect(move([], ['c'])).rejects.toMatchObject({ reason: 'into_itself' })
    await expect(move(['c'], ['d'])).rejects.toMatchObject({ reason: 'not_found' })
  })
})

describe('a prefix', () => {
  it('that keys of no directory are behind is not given out', async () => {
    for (let i = 0; i < 64; i++) {
      const packed = encoders.tuple.pack([i])
      await db.set(Buffer.concat([Buffer.from('content'), packed as Buffer]), 'in the way')
    }
    const refused = directories.create(db, 'a')
    await expect(refused).rejects.toMatchObject({ reason: 'prefix_in_use' })
    expect(await directories.listAll(db)).toEqual([])
  })

  it('of the caller must be free, and allowed', async () => {
    const manual = new DirectoryLayer({
      nodeSubspace: space.at('nodes'),
      contentSubspace: space.at('content'),
      allowManualPrefixes: true,
    })
    const at = (prefix: string) => Buffer.concat([db.getPrefix(), Buffer.from(prefix)])
    await manual.create(db, 'a', null, at('mm'))
    for (const taken of ['', 'm', 'mm', 'mmm', 'nodes', 'nodes!', 'node']) {
      const prefix = taken === '' ? '' : at(taken)
      const refused = manual.create(db, 'b', null, prefix)
      await expect(refused, taken).rejects.toMatchObject({ reason: 'prefix_in_use' })
    }
    await manual.create(db, 'b', null, at('mn'))
    const refused = directories.create(db, 'c', null, at('mx'))
    await expect(refused).rejects.toMatchObject({ reason: 'manual_prefix' })
  })
})

describe('misuse', () => {
  const wrong = (value: unknown) => value as never

  it('of arguments is a TypeError that names them, and writes nothing', async () => {
    const cases: [() => Promise<unknown>, RegExp][] = [
      [() => directories.create(wrong(undefined), 'a'), /Database or a Transaction, not undef/],
      [() => directories.create(wrong(space), 'a'), /not a Subspace/],
      [() => directories.create(db, wrong(7)), /path .* number/],
      [() => directories.create(db, wrong(['a', null])), /path .* null/],
      [() => directories.create(db, ['\ud800']), /surrogate/],
      [() => directories.create(db, 'a', wrong(7)), /layer .* number/],
      [() => directories.create(db, 'a', null, wrong({})), /prefix .* object/],
      [() => directories.move(db, wrong(7), 'a'), /oldPath/],
      [() => directories.move(db, 'a', wrong(7)), /newPath/],
      [() => directories.listAll(wrong('a')), /not string/],
      [() => directories.list(db, 'a').next(), /listAll/],
    ]
    for (const [call, message] of cases) {
      const error: unknown = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toMatch(message)
    }
    expect(await db.getRangeAllStartsWith('')).toEqual([])
  })

  it('of the root is said to be that', async () => {
    const root = { reason: 'is_root' }
    await expect(directories.open(db, [])).rejects.toMatchObject(root)
    await expect(directories.createOrOpen(db, null)).rejects.toMatchObject(root)
    await expect(directories.remove(db)).rejects.toMatchObject(root)
    await expect(directories.moveTo(db, 'a')).rejects.toMatchObject(root)
    expect(await directories.exists(db)).toBe(true)
  })

  it('is a DirectoryError with a reason and the path', async () => {
    const made = await directories.create(db, ['a', 'b'], 'x')
    expect(made).toBeInstanceOf(Directory)
    const error: unknown = await directories.open(db, ['a', 'b'], 'y').catch((e: unknown) => e)
    expect(error).toBeInstanceOf(DirectoryError)
    expect(error).toMatchObject({
      code: 'ERR_FDBKIT_DIRECTORY',
      reason: 'layer_mismatch',
      message: 'directory a/b has the layer "x", not "y"',
    })
  })
})

describe('chance', () => {
  it('is that of the database', async () => {
    /** Always draws the last of the window. */
    const environment: Environment = {
      now: () => hostEnvironment.now(),
      random: () => 0.999,
      setTimer: (delay, callback) => hostEnvironment.setTimer(delay, callback),
      clearTimer: (timer) => hostEnvironment.clearTimer(timer),
      defer: (callback) => hostEnvironment.defer(callback),
    }
    const { clusterFile } = backend
    using own =
      clusterFile === undefined ? openEmbedded({ environment }) : open({ clusterFile, environment })
    const made = await directories.create(own, 'a')
    expect(made.content.prefix.at(-1)).toBe(63)
  })
})
