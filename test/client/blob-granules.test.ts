// Reads of real blob granules: a cluster of its own with a blob worker, whose blob storage is a folder.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReadLimitError, open } from '../../src/index.ts'
import type { BlobReadOptions, Database, GranuleFile } from '../../src/index.ts'
import { Draw } from '../differential/draw.ts'
import { backend } from '../support/backends.ts'
import { RealCluster, findServerPrograms } from '../../src/testing/backends/real-cluster.ts'
import { openBackend } from './open-backend.ts'

const NO_RYW = { read_your_writes_disable: true } as const
const programs = backend.name === 'real' ? findServerPrograms() : undefined

describe.runIf(programs !== undefined)('a cluster with a blob worker', () => {
  let storage: string
  let cluster: RealCluster
  let db: Database

  beforeAll(async () => {
    storage = mkdtempSync(join(tmpdir(), 'fdbkit-blob-'))
    cluster = await RealCluster.start(programs!, {
      arguments: [`--knob_bg_url=file://${storage}/`, '--knob_bg_metadata_source=knobs'],
      configuration: 'blob_granules_enabled:=1',
    })
    await cluster.add('blob_worker')
    db = open({ clusterFile: cluster.clusterFile })
    expect(await db.granules.blobbifyBlocking('a', 'z')).toBe(true)
  })
  afterAll(async () => {
    db.close()
    await cluster.stop()
    rmSync(storage, { recursive: true, force: true })
  })

  const loadFile = ({ name, offset, length }: GranuleFile): Uint8Array =>
    readFileSync(join(storage, name)).subarray(offset, offset + length)

  async function read(start: string, end: string, options: Partial<BlobReadOptions> = {}) {
    using tn = db.createTransaction(NO_RYW)
    return await tn.granules.read(start, end, { loadFile, ...options })
  }

  test('reads from files and memory what is in the database, also at old versions', async () => {
    const draw = new Draw(1)
    const key = (): string => `m${String(draw.integer(0, 200)).padStart(3, '0')}`
    const history: { version: bigint; entries: [Buffer, Buffer][] }[] = []
    for (let round = 0; round < 12; round++) {
      await db.doTransaction((tn) => {
        for (let i = 0; i < 20; i++) tn.set(key(), `${round} ${'x'.repeat(draw.integer(0, 50))}`)
        if (draw.oneIn(2)) tn.clearRange(...([key(), key()].sort() as [string, string]))
        if (draw.oneIn(2)) tn.clear(key())
        tn.set(key(), `last of ${round}`)
        tn.add('count', Buffer.of(1, 0, 0, 0))
      })
      using tn = db.createTransaction()
      const version = await tn.getReadVersion()
      history.push({ version, entries: await db.getRangeAll('a', 'z') })
      if (round === 4) expect(await db.granules.flush('a', 'z')).toBe(true)
      if (round === 8) expect(await db.granules.flush('a', 'z', { compact: true })).toBe(true)
    }
    for (const { version, entries } of history) {
      expect(await read('a', 'z', { version }), `version ${version}`).toEqual(entries)
    }
    expect(await read('m050', 'm100')).toEqual(await db.getRangeAll('m050', 'm100'))
    expect(await db.granules.verify('a', 'z')).toBeGreaterThan(0n)
  })

  test('describes what it has', async () => {
    using tn = db.createTransaction()
    expect(await tn.granules.getRanges('a', 'z')).toEqual([
      { begin: Buffer.from('a'), end: Buffer.from('z') },
    ])
    const [summary] = await tn.granules.summarize('a', 'z')
    expect(summary).toMatchObject({ begin: Buffer.from('a'), end: Buffer.from('z') })
    expect(summary!.snapshotSize).toBeGreaterThan(0n)
  })

  test('says what is wrong with a file', async () => {
    await expect(read('a', 'z', { maxBytes: 1 })).rejects.toThrow(ReadLimitError)
    const short = read('a', 'z', { loadFile: () => Buffer.alloc(1) })
    await expect(short).rejects.toThrow(/loadFile gives \d+ bytes/)
    const empty = read('a', 'z', { loadFile: ({ length }) => Buffer.alloc(length) })
    await expect(empty).rejects.toMatchObject({ operation: 'readBlobGranules' })
    const problem = new Error('no such file')
    const failing = read('a', 'z', { loadFile: () => Promise.reject(problem) })
    await expect(failing).rejects.toBe(problem)
  })

  test('is purged', async () => {
    await db.granules.waitForPurge(await db.granules.purge('a', 'z'))
    expect(await read('a', 'z')).toEqual(await db.getRangeAll('a', 'z'))
  })
})

describe('where no blob worker runs', () => {
  const db = openBackend()
  afterAll(() => db.close())
  const loadFile = (): never => expect.fail('there is no file')

  test('a read fails with 1064, and with 2036 while read-your-writes is on', async () => {
    using tn = db.createTransaction(NO_RYW)
    const context = { code: 1064, operation: 'readBlobGranules', key: Buffer.from('a') }
    await expect(tn.granules.read('a', 'b', { loadFile })).rejects.toMatchObject(context)
    using other = db.createTransaction()
    const refused = other.granules.read('a', 'b', { loadFile })
    await expect(refused).rejects.toMatchObject({ code: 2036 })
  })

  test.each<[string, unknown]>([
    ['no options', undefined],
    ['no loadFile', {}],
    ['a version as number', { loadFile, version: 1 }],
    ['maxBytes as text', { loadFile, maxBytes: '1' }],
  ])('a read refuses %s', async (_, options) => {
    using tn = db.createTransaction(NO_RYW)
    await expect(tn.granules.read('a', 'b', options as never)).rejects.toThrow(TypeError)
  })
})
