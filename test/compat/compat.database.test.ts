// What node-foundationdb has in another shape than the main API.
import { afterAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import * as fdb from '../../src/compat/index.ts'
import native from '../../src/compat/native.ts'
import { asBuf } from '../../src/compat/bytes/util.ts'
import { defaultGetRange, prefixTransformer } from '../../src/compat/bytes/transformer.ts'
import { Database as MainDatabase, FDBError as MainError } from '../../src/index.ts'
import { backend } from '../support/backends.ts'

// As in a program of node-foundationdb; on the engine a cluster file only names the database.
process.env['FDBKIT_ENGINE'] = backend.clusterFile === undefined ? 'embedded' : ''
fdb.configNetwork({ Buggify_disable: true })
const root = fdb.open(backend.clusterFile)
const db = root.at(`compat ${process.pid}/`)
beforeEach(() => db.clearRangeStartsWith(''))
afterAll(() => root.close())

describe('scopes', () => {
  it('stay of the kind they are made from, with the types of their encodings', async () => {
    expectTypeOf(db).toEqualTypeOf<fdb.Database>()
    const typed = db.at('a/', fdb.tuple).withValueEncoding(fdb.encoders.int32BE)
    expect(typed).toBeInstanceOf(fdb.Database)
    expect(typed).toBeInstanceOf(MainDatabase)
    expect(typed.subspace.prefix).toEqual(typed.getPrefix())
    await typed.set(['x', 1], 7)
    const value = await typed.doTransaction(async (tn) => {
      expect(tn).toBeInstanceOf(fdb.Transaction)
      expect(tn.snapshot()).toBeInstanceOf(fdb.Transaction)
      expect(tn.snapshot().isSnapshot).toBe(true)
      expectTypeOf(tn.get(['x', 1])).toEqualTypeOf<Promise<number | undefined>>()
      return tn.scopedTo(typed).get(['x', 1])
    })
    expectTypeOf(value).toEqualTypeOf<number | undefined>()
    expect(value).toBe(7)
    expect(typed.getRoot().getPrefix()).toHaveLength(0)
  })

  it('run one-shot calls', async () => {
    await db.doOneshot((tn) => tn.set('a', 'b'))
    expect(await db.doTn(async (tn) => (await tn.get('a'))?.toString())).toBe('b')
  })
})

describe('atomic operations', () => {
  it('take numbers as the encoding of values packs them', async () => {
    const numbers = db.withValueEncoding(fdb.encoders.int32BE)
    await numbers.add('a', 258)
    expect(await db.get('a')).toEqual(Buffer.of(0, 0, 1, 2))
    await numbers.doTransaction(async (tn) => tn.max('a', 2 ** 24))
    expect(await db.get('a')).toEqual(Buffer.of(0, 0, 1, 2))
    await numbers.doTransaction(async (tn) => tn.min('a', 2 ** 24))
    expect(await numbers.get('a')).toBe(2 ** 24)
  })
})

describe('callbacks', () => {
  it('get the result, or the error', async () => {
    using tn = db.rawCreateTransaction()
    tn.set('a', 'b')
    const got = await new Promise((resolve, reject) => {
      tn.get('a', (error, value) => (error === null ? resolve(value?.toString()) : reject(error)))
    })
    expect(got).toBe('b')
    const version = await new Promise((resolve) =>
      tn.getReadVersion((error, result) => resolve(error ?? result)),
    )
    expect(version).toBeInstanceOf(Buffer)
    const stamp = new Promise((resolve) =>
      tn.getVersionstamp((error, result) => resolve(error ?? result)),
    )
    await new Promise<void>((resolve, reject) =>
      tn.rawCommit((error) => (error === null ? resolve() : reject(error))),
    )
    expect(await stamp).toHaveLength(10)
    tn.rawReset()
    tn.rawCancel()
    const failed = await new Promise((resolve) => tn.get('a', (error) => resolve(error)))
    expect(failed).toMatchObject({ code: 1025 })
    const verdict = await new Promise((resolve) => tn.rawOnError(2000, (error) => resolve(error)))
    expect(verdict).toBeInstanceOf(fdb.FDBError)
  })
})

describe('versions', () => {
  it('are 8 bytes, big-endian', async () => {
    using tn = db.rawCreateTransaction()
    const version = await tn.getReadVersion()
    expectTypeOf(version).toEqualTypeOf<Buffer>()
    expect(version).toHaveLength(8)
    expect(version.readBigInt64BE()).toBeGreaterThan(0n)
    expect(tn.getCommittedVersion().readBigInt64BE()).toBe(-1n)
    tn.set('a', 'b')
    await tn.rawCommit()
    const committed = tn.getCommittedVersion()
    expect(Buffer.compare(committed, version)).toBe(1)

    using later = db.rawCreateTransaction()
    later.setReadVersion(committed)
    expect(await later.getReadVersion()).toEqual(committed)
    expect((await later.get('a'))?.toString()).toBe('b')
    expect(() => later.setReadVersion(Buffer.alloc(7))).toThrow(TypeError)
  })
})

describe('ranges', () => {
  it('are read raw with everything spelled out', async () => {
    for (const key of ['a1', 'a2', 'a3', 'b']) await db.set(key, `of ${key}`)
    using tn = db.rawCreateTransaction()
    const mode = fdb.StreamingMode.Exact
    const first = fdb.keySelector.firstGreaterOrEqual
    const keys = (batch: { results: [Buffer, Buffer][] }) => batch.results.map(([key]) => `${key}`)
    const two = await tn.getRangeRaw(first('a1'), first('b'), 2, 0, mode, 1, false)
    expect(keys(two)).toEqual(['a1', 'a2'])
    expect(two.more).toBe(true)
    const back = await tn.getRangeRaw(first('a'), null, 100, 0, mode, 1, true)
    expect(keys(back)).toEqual(['a3', 'a2', 'a1'])
    const start = fdb.keySelector.toNative(first('a2'), {
      pack: (key: string) => Buffer.concat([db.getPrefix(), asBuf(key)]),
      unpack: (bytes: Buffer) => bytes.toString(),
    })
    const native = await tn.getRangeNative(start, null, 100, 0, mode, 1, false)
    expect(keys(native)).toEqual([`${db.getPrefix().toString()}a2`])
  })
})

describe('versionstamps', () => {
  it('are written raw', async () => {
    using tn = db.rawCreateTransaction()
    const prefix = Buffer.concat([db.getPrefix(), Buffer.from('key ')])
    tn.setVersionstampedKeyBuf(prefix, Buffer.from('!'), 'one')
    const value = fdb.packVersionstampPrefixSuffix(Buffer.from('value '), Buffer.alloc(0), false)
    tn.setVersionstampedValueRaw('v', value)
    expect([tn.getNextTransactionID(), tn.getNextTransactionID()]).toEqual([0, 1])
    const { promise } = tn.getVersionstamp()
    await tn.rawCommit()
    const stamp = await promise
    const key = Buffer.concat([Buffer.from('key '), stamp, Buffer.from('!')])
    expect((await db.get(key))?.toString()).toBe('one')
    expect(await db.get('v')).toEqual(Buffer.concat([Buffer.from('value '), stamp]))
  })

  it('have no value when nothing follows them', async () => {
    const json = db.withValueEncoding(fdb.encoders.json)
    await json.setVersionstampPrefixedValue('a')
    const found = await json.getVersionstampPrefixedValue('a')
    expect(found?.stamp).toHaveLength(10)
    expect(found?.value).toBeUndefined()
  })

  it('are packed with their offset', () => {
    const data = Buffer.from('ab0123456789cd')
    const stamp = { data, stampPos: 2 }
    expect(fdb.packVersionstamp(stamp, true).toString('hex')).toBe(
      `${data.toString('hex')}02000000`,
    )
    expect(fdb.packPrefixedVersionstamp(Buffer.from('xy'), stamp, false).toString('hex')).toBe(
      `7879${data.toString('hex')}04000000`,
    )
  })
})

describe('errors', () => {
  it('are of both classes, and are made from a description and a code', async () => {
    const made = new fdb.FDBError('while testing', 1020)
    expect(made).toMatchObject({ code: 1020, codeName: 'not_committed' })
    expect(made.message).toContain('while testing')
    expect(made).toBeInstanceOf(MainError)
    const thrown: unknown = await db
      .doTransaction(async (tn) => tn.rawCancel())
      .catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(MainError)
    expect(thrown).toBeInstanceOf(fdb.FDBError)
    expect(new Error('other')).not.toBeInstanceOf(fdb.FDBError)
  })

  it('are told apart by predicates', () => {
    const { Retryable, MaybeCommitted, RetryableNotCommitted } = fdb.ErrorPredicate
    const told = (code: number) =>
      [Retryable, MaybeCommitted, RetryableNotCommitted].map((predicate) =>
        native.errorPredicate(predicate, code),
      )
    expect(told(1020)).toEqual([true, false, true])
    expect(told(1021)).toEqual([true, true, false])
    expect(told(2000)).toEqual([false, false, false])
  })
})

describe('opening', () => {
  it('settles network options and the API version', () => {
    expect(() => fdb.configNetwork({ trace_enable: '' })).toThrow(/before the first open/)
    fdb.setAPIVersion(740)
    fdb.setAPIVersion(740, 740)
    expect(() => fdb.setAPIVersion(720)).toThrow(/740 was selected/)
    expect(() => fdb.setAPIVersion('740' as never)).toThrow(TypeError)
  })

  it('takes options of the database', () => {
    expect(() => fdb.open(backend.clusterFile, { transaction_timeout: 'x' as never })).toThrow(
      TypeError,
    )
  })
})

describe('encodings', () => {
  it('behind a prefix do what the inner one does', () => {
    const xf = prefixTransformer('p/', fdb.encoders.tuple)
    const packed = Buffer.from(xf.pack(['a']))
    expect(packed).toEqual(Buffer.concat([Buffer.from('p/'), fdb.tuple.pack(['a'])]))
    expect(xf.unpack(packed)).toEqual(['a'])
    expect(xf.range?.(['a'])).toEqual({
      begin: Buffer.concat([packed, Buffer.of(0)]),
      end: Buffer.concat([packed, Buffer.of(0xff)]),
    })
    const unbound = xf.packUnboundVersionstamp?.([fdb.tuple.unboundVersionstamp(1)])
    expect(unbound?.stampPos).toBe(3)
    expect(defaultGetRange('a', fdb.encoders.string)).toEqual({
      begin: Buffer.from('a'),
      end: Buffer.from('b'),
    })
  })
})

describe('directories', () => {
  it('take scopes of this kind, and keep their encodings', async () => {
    const layer = new fdb.DirectoryLayer({
      nodeSubspace: db.subspace.at('nodes'),
      contentSubspace: db.subspace.at('content'),
    })
    const numbers = db.withValueEncoding(fdb.encoders.int32BE)
    const made = await layer.create(numbers, ['a', 'b'])
    const opened = await numbers.doTransaction((tn) => layer.open(tn, ['a', 'b']))
    await db.at(made).set('x', 5)
    const value = await db.at(opened).get('x')
    expectTypeOf(value).toEqualTypeOf<number | undefined>()
    expect(value).toBe(5)
    expect(layer._contentSubspace.prefix).toEqual(db.subspace.at('content').prefix)
    expect(layer._nodeSubspace.prefix).toEqual(db.subspace.at('nodes').prefix)
    await expect(layer.open(db, 'c')).rejects.toBeInstanceOf(fdb.DirectoryError)
  })
})
