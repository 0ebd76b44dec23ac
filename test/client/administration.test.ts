import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FDBError, keySelector, open } from '../../src/index.ts'
import type { Database, Transaction } from '../../src/index.ts'
import { backend } from '../support/backends.ts'
import { RealCluster, findServerPrograms } from '../../src/testing/backends/real-cluster.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'administration')
afterAll(() => database.close())

const code = (number: number) => ({ code: number })
const UID = '00112233445566778899aabbccddeeff'

describe('calls about the cluster', () => {
  test('tell its status, its protocol and how busy the client is', async () => {
    expect(JSON.parse(await db.admin.getClientStatus())).toBeTypeOf('object')
    const protocol = await db.admin.getServerProtocol()
    expect(protocol).toBeGreaterThan(0x0fdb00b070000000n)
    expect(await db.admin.getServerProtocol(protocol - 1n)).toBe(protocol)
    expect(db.admin.getMainThreadBusyness()).toBeGreaterThanOrEqual(0)
  })

  test('reboot no process that is not there', async () => {
    expect(await db.admin.rebootWorker('127.0.0.1:1')).toBe(false)
    expect(await db.admin.rebootWorker('nowhere', { check: true, suspendSeconds: 1 })).toBe(false)
  })

  test('take a snapshot only by an allowed program', async () => {
    await expect(db.admin.createSnapshot('short', '/bin/true')).rejects.toMatchObject({
      ...code(2509),
      operation: 'createSnapshot',
    })
    await expect(db.admin.createSnapshot(UID, '/bin/true')).rejects.toMatchObject(code(2505))
  })

  test.each<[string, (d: Database) => Promise<unknown>, RegExp]>([
    ['an address that is no text', (d) => d.admin.rebootWorker(1 as never), /address/],
    ['no address', (d) => d.admin.rebootWorker(''), /address/],
    ['a null character', (d) => d.admin.rebootWorker('a\0b'), /address/],
    ['a check that is none', (d) => d.admin.rebootWorker('a', { check: 1 as never }), /check/],
    ['half a second', (d) => d.admin.rebootWorker('a', { suspendSeconds: 0.5 }), /suspendSeconds/],
    ['no datacenter', (d) => d.admin.forceRecoveryWithDataLoss(undefined as never), /dcid/],
    ['a number as uid', (d) => d.admin.createSnapshot(1 as never, 'x'), /uid/],
    ['no command', (d) => d.admin.createSnapshot(UID, undefined as never), /command/],
    ['a protocol as number', (d) => d.admin.getServerProtocol(1 as never), /expected/],
  ])('refuse %s', async (_, use, message) => {
    await expect(use(db)).rejects.toThrow(TypeError)
    await expect(use(db)).rejects.toThrow(message)
  })
})

describe('blob granules', () => {
  const range = (name: string) => ({
    begin: Buffer.from(`administration/${name}/`),
    end: Buffer.from(`administration/${name}0`),
  })

  test('are noted for a range, once', async () => {
    const parts = db.at('noted/')
    const whole = range('noted')
    await parts.granules.unblobbify('')
    expect(await parts.granules.list('')).toEqual([])
    expect(await parts.granules.blobbify('')).toBe(true)
    expect(await parts.granules.blobbify('')).toBe(true)
    expect(await parts.granules.list('')).toEqual([whole])
    expect(await parts.granules.blobbify('a', 'b')).toBe(false)
    expect(await parts.granules.unblobbify('a', 'b')).toBe(false)
    expect(await parts.granules.unblobbify('')).toBe(true)
    expect(await parts.granules.unblobbify('')).toBe(true)
    expect(await parts.granules.list('')).toEqual([])
  })

  test('are listed up to a limit, cut to what was asked for', async () => {
    const parts = db.at('listed/')
    const key = (name: string): Buffer => Buffer.from(`administration/listed/${name}`)
    for (const name of ['a', 'b', 'd']) {
      expect(await parts.granules.blobbify(name, `${name}z`)).toBe(true)
    }
    const all = ['a', 'b', 'd'].map((name) => ({ begin: key(name), end: key(`${name}z`) }))
    expect(await parts.granules.list('')).toEqual(all)
    expect(await parts.granules.list('', undefined, 2)).toEqual(all.slice(0, 2))
    expect(await parts.granules.list('b', 'c')).toEqual(all.slice(1, 2))
    expect(await parts.granules.list('bm', 'd')).toEqual([{ begin: key('b'), end: key('bz') }])
    for (const name of ['a', 'b', 'd']) await parts.granules.unblobbify(name, `${name}z`)
  })

  test('have nothing to read where no blob worker runs', async () => {
    await db.granules.blobbify('read/')
    expect(await db.granules.verify('read/')).toBeUndefined()
    expect(await db.granules.flush('read/', undefined, { compact: true })).toBe(false)
    using tn = db.createTransaction()
    expect(await tn.granules.getRanges('read/')).toEqual([])
    await expect(tn.granules.summarize('read/')).rejects.toMatchObject({
      ...code(1064),
      operation: 'summarizeBlobGranules',
    })
    await db.granules.unblobbify('read/')
  })

  test('are purged', async () => {
    const key = await db.granules.purge('purged/', undefined, { force: true })
    expect(key.length).toBeGreaterThan(0)
  })

  test('refuse a range that ends before it begins, which would end the process', async () => {
    using tn = db.createTransaction()
    for (const use of [
      () => db.granules.blobbify('b', 'a'),
      () => db.granules.blobbifyBlocking('b', 'a'),
      () => db.granules.unblobbify('b', 'a'),
      () => db.granules.list('b', 'a'),
      () => db.granules.verify('b', 'a'),
      () => db.granules.flush('b', 'a'),
      () => db.granules.purge('b', 'a'),
      async () => await tn.granules.getRanges('b', 'a'),
      async () => await tn.granules.summarize('b', 'a'),
    ]) {
      await expect(use()).rejects.toMatchObject({ ...code(2005), operation: expect.any(String) })
    }
  })

  test.each<[string, (tn: Transaction) => unknown]>([
    ['a limit of 0', () => db.granules.list('', undefined, 0)],
    ['a version as number', () => db.granules.verify('', undefined, 1 as never)],
    ['a version of 65 bits', () => db.granules.verify('', undefined, 2n ** 64n)],
    ['a compact that is none', () => db.granules.flush('', undefined, { compact: 1 as never })],
    ['a force that is none', () => db.granules.purge('', undefined, { force: 'yes' as never })],
    ['a key that is none', () => db.granules.waitForPurge(1 as never)],
    ['a limit of a half', async (tn) => await tn.granules.getRanges('', undefined, 0.5)],
    [
      'a version of a summary as text',
      async (tn) => await tn.granules.summarize('', undefined, { version: '1' as never }),
    ],
  ])('refuse %s', async (_, use) => {
    using tn = db.createTransaction()
    await expect(use(tn)).rejects.toThrow(TypeError)
  })
})

describe('locality', () => {
  const collect = async (keys: AsyncIterable<Buffer>): Promise<Buffer[]> => {
    const all: Buffer[] = []
    for await (const key of keys) all.push(key)
    return all
  }

  test('begins with the first key of all, and stays inside of the range', async () => {
    const all = await collect(database.locality.getBoundaryKeys())
    expect(all[0]).toEqual(Buffer.alloc(0))
    expect(all).toEqual([...all].sort(Buffer.compare))
    expect(all.every((key) => key.length === 0 || key[0]! < 0xff)).toBe(true)
    const few = await collect(database.locality.getBoundaryKeys('a', 'b'))
    expect(few).toEqual(all.filter((key) => key.toString() >= 'a' && key.toString() < 'b'))
    expect(await collect(db.locality.getBoundaryKeys('x'))).toEqual([])
  })

  test('names the servers of a key', async () => {
    const addresses = await db.locality.getAddresses('a')
    expect(addresses.length).toBeGreaterThan(0)
    for (const address of addresses) expect(address).toMatch(/^[\d.]+:\d+/)
  })

  test('ends with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(collect(database.locality.getBoundaryKeys('', 'x', { signal }))).rejects.toThrow(
      'enough',
    )
  })
})

describe('an error', () => {
  test('names the call and the key', async () => {
    const cases: [string, (tn: Transaction) => PromiseLike<unknown>, string][] = [
      ['get', (tn) => tn.get('a'), 'a'],
      ['get', (tn) => tn.snapshot().exists('a'), 'a'],
      ['getKey', (tn) => tn.getKey('k\0'), 'k\0'],
      ['getRange', (tn) => tn.getRangeAll('b', 'c'), 'b'],
      ['watch', (tn) => tn.watch('w', { throwAllErrors: true }).promise, 'w'],
    ]
    for (const [operation, use, key] of cases) {
      using tn = db.createTransaction()
      tn.setReadVersion(1n)
      const error = await Promise.resolve(use(tn)).then(
        () => undefined,
        (reason: unknown) => reason as FDBError,
      )
      expect(error).toBeInstanceOf(FDBError)
      expect(error).toMatchObject({ code: 1007, operation })
      expect(error!.key).toEqual(Buffer.from(`administration/${key}`))
      const shown = `administration/${key.replace('\0', '\\x00')}`
      expect(error!.message.startsWith(`${operation} of '${shown}': `)).toBe(true)
    }
  })

  test('names the call where there is no key', async () => {
    using tn = db.createTransaction()
    await tn.get('x')
    tn.set('x', 'mine')
    await db.set('x', 'theirs')
    await expect(tn.commit()).rejects.toMatchObject({ operation: 'commit', key: undefined })
    await expect(tn.onError(2000)).rejects.toMatchObject({ operation: 'onError' })
  })

  test('shows a bounded part of a long key', async () => {
    using tn = db.createTransaction()
    tn.setReadVersion(1n)
    const key = 'k'.repeat(5000)
    const error = await tn.getKey(keySelector.lastLessThan(key)).then(
      () => undefined,
      (reason: unknown) => reason as FDBError,
    )
    expect(error!.key).toHaveLength(5000 + 'administration/'.length)
    expect(error!.message.length).toBeLessThan(300)
    expect(error!.message).toContain('(5015 bytes)')
  })
})

const programs = backend.name === 'real' ? findServerPrograms() : undefined

describe.runIf(programs !== undefined)('on a cluster of its own', () => {
  let cluster: RealCluster
  let own: Database
  beforeAll(async () => {
    cluster = await RealCluster.start(programs!)
    own = open({ clusterFile: cluster.clusterFile })
  })
  afterAll(async () => {
    own.close()
    await cluster.stop()
  })

  test('a recovery is forced', async () => {
    await own.admin.forceRecoveryWithDataLoss('dc1')
    await own.set('after', 'y')
    expect(String(await own.get('after'))).toBe('y')
  })

  // The last one: nobody starts the process again.
  test('a process is rebooted', async () => {
    const [address] = await own.locality.getAddresses('a')
    expect(await own.admin.rebootWorker(address!)).toBe(true)
  })
})
