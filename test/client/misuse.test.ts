import { afterAll, describe, expect, test } from 'vitest'
import { FDBStateError, encoders, keySelector, setAPIVersion } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'misuse')
afterAll(() => database.close())

describe('a wrong argument is a TypeError that names it', () => {
  test.each<[string, (tn: Transaction) => unknown, RegExp]>([
    ['a number as key', (tn) => tn.get(1 as never), /key must be .* not number/],
    ['no key', (tn) => tn.clear(undefined as never), /key must be .* not undefined/],
    ['an object as value', (tn) => tn.set('a', {} as never), /value must be .* not an object/],
    ['half a surrogate pair', (tn) => tn.set('a\ud800', 'b'), /surrogate/],
    ['an unknown mutation', (tn) => tn.atomicOp(99 as never, 'a', 'b'), /99/],
    ['a version as number', (tn) => tn.setReadVersion(1 as never), /read version/],
    ['a code as text', (tn) => tn.onError('1020' as never), /code/],
    ['an unknown option', (tn) => tn.setOption('fast' as never), /fast/],
    ['an unknown option code', (tn) => tn.setOption(99999), /99999/],
    ['an offset that is no integer', () => keySelector('a', true, 0.5), /offset/],
    ['a chunk that is no integer', (tn) => tn.locality.getSplitPoints('a', 'b', 0.5), /chunkSize/],
    [
      'a tuple with undefined',
      (tn) => tn.withKeyEncoding(encoders.tuple).get([undefined as never]),
      /undefined/,
    ],
  ])('%s', async (_, use, message) => {
    using tn = db.createTransaction()
    expect(() => use(tn)).toThrow(TypeError)
    expect(() => use(tn)).toThrow(message)
    // Nothing came of it.
    tn.set('fine', 'x')
    await tn.commit()
  })

  test('an API version that does not exist', () => {
    expect(() => setAPIVersion(17)).toThrow(RangeError)
    expect(() => setAPIVersion('630' as never)).toThrow(TypeError)
  })
})

describe('use after the end', () => {
  test('of a transaction that its retry loop has ended', async () => {
    let kept: typeof db extends { createTransaction(): infer T } ? T : never
    await db.doTransaction((tn) => {
      kept = tn
    })
    expect(() => kept.get('a')).toThrow(FDBStateError)
    expect(() => kept.snapshot().set('a', 'b')).toThrow(/set was called too late.* attempt 1/)
  })

  test('of a disposed transaction; disposing again is allowed', async () => {
    const tn = db.createTransaction()
    tn[Symbol.dispose]()
    tn[Symbol.dispose]()
    expect(() => tn.commit()).toThrow(FDBStateError)
    await tn[Symbol.asyncDispose]()
  })

  test('of a closed database; closing again is allowed', async () => {
    const other = openBackend()
    using tn = other.createTransaction()
    other.close()
    other.close()
    expect(other.closed).toBe(true)
    await expect(other.get('a')).rejects.toThrow(FDBStateError)
    await expect(other.at('scope').set('a', 'b')).rejects.toThrow(/closed/)
    // What was begun has ended; the transaction is still its owner's to close.
    expect(() => tn.getReadVersion()).toThrow(/database is closed/)
    expect(tn.closed).toBe(false)
  })

  test('of a cancelled transaction, until it is reset', async () => {
    using tn = db.createTransaction()
    tn.cancel()
    await expect(tn.get('a')).rejects.toMatchObject({ code: 1025 })
    await expect(tn.commit()).rejects.toMatchObject({ code: 1025 })
    tn.reset()
    expect(await tn.get('a')).toBeUndefined()
  })
})

describe('limits of keys and values', () => {
  test.each<[string, (tn: Transaction) => void, number]>([
    ['a key above 10,000 bytes', (tn) => tn.set('k'.repeat(10_001), ''), 2102],
    ['a value above 100,000 bytes', (tn) => tn.set('k', 'v'.repeat(100_001)), 2103],
  ])('%s', async (_, write, code) => {
    await expect(db.doOneshot(write)).rejects.toMatchObject({ code })
  })

  test('keys of the system need an option', async () => {
    await expect(database.set(Buffer.from('\xff/x', 'latin1'), 'x')).rejects.toMatchObject({
      code: 2004,
    })
    const key = Buffer.from('\xff/fdbkit-misuse', 'latin1')
    const options = { read_system_keys: true } as const
    expect(await database.doTransaction((tn) => tn.get(key), options)).toBeUndefined()
  })

  test('a transaction above its size limit', async () => {
    const large = db.doTransaction((tn) => tn.set('k', 'v'.repeat(1000)), { size_limit: 500 })
    await expect(large).rejects.toMatchObject({ code: 2101 })
  })
})
