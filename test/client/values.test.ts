import { afterAll, describe, expect, test } from 'vitest'
import { MutationType, Subspace, encoders, keySelector, tuple } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'values')
afterAll(() => database.close())

const int64 = (value: bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}

describe('keys and values', () => {
  test('are what was set, in a transaction and after it', async () => {
    const inside = await db.doTransaction(async (tn) => {
      tn.set('name', Buffer.from('Ada'))
      expect(await tn.exists('name')).toBe(true)
      return await tn.get('name')
    })
    expect(inside).toEqual(Buffer.from('Ada'))
    expect(await db.get('name')).toEqual(Buffer.from('Ada'))
    expect(await db.get(Buffer.from('name'))).toEqual(Buffer.from('Ada'))
    expect(await db.get('nobody')).toBeUndefined()
    expect(await db.exists('nobody')).toBe(false)
    await db.clear('name')
    expect(await db.exists('name')).toBe(false)
  })

  test('may be empty', async () => {
    await db.set('', '')
    expect(await db.get('')).toEqual(Buffer.alloc(0))
  })

  test('of a scope lie behind its prefix', async () => {
    const child = db.at('child/')
    await child.set('key', 'value')
    expect(await db.get('child/key')).toEqual(Buffer.from('value'))
    expect(child.getPrefix()).toEqual(Buffer.from('values/child/'))
    expect(await child.getRoot().get('values/child/key')).toEqual(Buffer.from('value'))
    await db.doTransaction(async (tn) => {
      expect(await tn.at(child).get('key')).toEqual(Buffer.from('value'))
      tn.at(new Subspace('values/other/')).set('key', 'other')
    })
    expect(await db.get('other/key')).toEqual(Buffer.from('other'))
  })

  test('go through the encodings of their scope', async () => {
    const users = db.at('users', encoders.tuple, encoders.json)
    await users.set(['ada', 1], { born: 1815 })
    await users.set(['ada', 2], null)
    expect(await users.get(['ada', 1])).toEqual({ born: 1815 })
    expect(await users.getRangeAllStartsWith(['ada'])).toEqual([
      [['ada', 1], { born: 1815 }],
      [['ada', 2], null],
    ])
    expect(await users.getKey(keySelector.lastLessThan(['ada', 2]))).toEqual(['ada', 1])
    // Behind the packed prefix of the encoding that the prefix is given in.
    const ada = users.at(['ada'])
    expect(await ada.get([2])).toBeNull()
    await expect(users.withValueEncoding().get(['ada', 2])).resolves.toEqual(Buffer.from('null'))
  })

  test.each([
    ['int32BE', encoders.int32BE, -5],
    ['int64BE', encoders.int64BE, 2n ** 60n],
    ['string', encoders.string, 'città'],
    ['buf', encoders.buf, Buffer.from([0, 255])],
    ['json', encoders.json, { a: [1] }],
    ['tuple', encoders.tuple, ['a', 1, null]],
  ] as [string, typeof encoders.json, unknown][])(
    'come back from %s',
    async (_, encoder, value) => {
      const scope = db.withValueEncoding(encoder)
      await scope.set('key', value)
      expect(await scope.get('key')).toEqual(value)
    },
  )

  test('that an encoding refuses are an error of the read or write', async () => {
    const numbers = db.withValueEncoding(encoders.int32BE)
    await expect(numbers.set('key', 1.5)).rejects.toThrow(TypeError)
    await db.set('key', 'not four bytes')
    await expect(numbers.get('key')).rejects.toThrow('int32BE takes 4 bytes')
    expect(await numbers.exists('key')).toBe(true)
  })
})

describe('a key selector', () => {
  test('finds a key of the scope, or none', async () => {
    await db.set('b', '')
    await db.set('d', '')
    const key = async (selector: Parameters<typeof db.getKey>[0]) =>
      (await db.getKey(selector))?.toString()
    expect(await key('b')).toBe('b')
    expect(await key('c')).toBe('d')
    expect(await key(keySelector.firstGreaterThan('b'))).toBe('d')
    expect(await key(keySelector.lastLessThan('d'))).toBe('b')
    expect(await key(keySelector.lastLessOrEqual('d'))).toBe('d')
    expect(await key(keySelector.next(keySelector.firstGreaterOrEqual('b')))).toBe('d')
    expect(await key('e')).toBeUndefined()
    expect(await key(keySelector.lastLessThan('b'))).toBeUndefined()
  })
})

describe('atomic operations', () => {
  test('change the value on the server', async () => {
    await db.add('count', int64(5n))
    await db.doOneshot((tn) => tn.add('count', int64(-2n)))
    expect(await db.get('count')).toEqual(int64(3n))
    await db.max('count', int64(10n))
    await db.min('count', int64(7n))
    expect(await db.get('count')).toEqual(int64(7n))
    await db.bitOr('count', int64(8n))
    await db.bitAnd('count', int64(12n))
    await db.bitXor('count', int64(1n))
    expect(await db.get('count')).toEqual(int64(13n))
    await db.compareAndClear('count', int64(1n))
    expect(await db.exists('count')).toBe(true)
    await db.compareAndClear('count', int64(13n))
    expect(await db.exists('count')).toBe(false)
  })

  test('on bytes', async () => {
    await db.byteMax('text', 'b')
    await db.byteMax('text', 'a')
    await db.byteMin('text', 'aa')
    await db.appendIfFits('text', '+')
    expect(await db.get('text')).toEqual(Buffer.from('aa+'))
    await db.bitOr('text', Buffer.from([0, 0, 4]))
    await db.bitAnd('text', Buffer.from([255, 255, 255]))
    await db.bitXor('text', Buffer.from([0, 0, 1]))
    expect(await db.get('text')).toEqual(Buffer.from('aa.'))
  })

  test('of any type take raw keys, raw parameters, or encoded ones', async () => {
    const numbers = db.withValueEncoding(encoders.int32BE)
    await numbers.atomicOp(MutationType.BitOr, 'flags', 1)
    await numbers.doOneshot(({ native }) => {
      native.atomicOpBytes(MutationType.BitOr, 'flags', Buffer.from([0, 0, 0, 2]))
      native.atomicOp(MutationType.BitOr, 'values/flags', Buffer.from([0, 0, 0, 4]))
    })
    expect(await numbers.get('flags')).toBe(7)
  })
})

describe('versionstamps', () => {
  test('fill the hole in a key and in a value, and the tuple that had it', async () => {
    const log = db.withKeyEncoding(encoders.tuple).withValueEncoding(encoders.tuple)
    const first = ['log', [tuple.unboundVersionstamp()]]
    const second = ['log', [tuple.unboundVersionstamp()]]
    const third = ['log', [tuple.unboundVersionstamp(321)]]
    const value = [tuple.unboundVersionstamp()]
    const { promise } = await log.doTransaction((tn) => {
      tn.versionstamps.setKey(first, [1])
      tn.versionstamps.setKey(second, [2])
      tn.versionstamps.setKey(third, [3])
      tn.versionstamps.setValue(['last'], value)
      return tn.versionstamps.ofCommit()
    })
    const stamp = await promise
    const baked = (code: number) => ({
      type: 'versionstamp',
      value: Buffer.concat([stamp, Buffer.from([code >> 8, code & 255])]),
    })
    expect([first, second, third, value]).toEqual([
      ['log', [baked(0)]],
      ['log', [baked(1)]],
      ['log', [baked(321)]],
      [baked(2)],
    ])
    expect(await log.getRangeAllStartsWith(['log'])).toEqual([
      [first, [1]],
      [second, [2]],
      [third, [3]],
    ])
    expect(await log.get(['last'])).toEqual(value)
  })

  test('leave the tuple alone when told to', async () => {
    const key = ['a', tuple.unboundVersionstamp()]
    await db.withKeyEncoding(encoders.tuple).versionstamps.setKey(key, 'x', false)
    expect(key).toEqual(['a', { type: 'unbound versionstamp' }])
  })

  test('go before or behind plain bytes', async () => {
    await db.versionstamps.setSuffixedKey('log/', 'entry', '!')
    const [[key, value] = []] = await db.getRangeAllStartsWith('log/')
    expect(key?.length).toBe('log/'.length + 10 + 1)
    expect(value).toEqual(Buffer.from('entry'))
    await db.versionstamps.setPrefixedValue('last', 'entry')
    const last = await db.versionstamps.getPrefixedValue('last')
    expect(last?.value).toEqual(Buffer.from('entry'))
    expect(last?.stamp.compare(key!.subarray(4, 14))).toBe(1)
    expect(await db.versionstamps.getPrefixedValue('none')).toBeNull()
  })

  test('need an encoding that has them', () => {
    using tn = db.createTransaction()
    expect(() => tn.versionstamps.setKey('a', 'b')).toThrow(/key encoding has no versionstamps/)
    expect(() => tn.versionstamps.setValue('a', 'b')).toThrow(/value encoding/)
  })
})

describe('measures', () => {
  test('of ranges and transactions', async () => {
    await db.set('a', 'b')
    expect(await db.locality.getEstimatedSize('a', 'z')).toBeGreaterThanOrEqual(0)
    expect(await db.locality.getSplitPoints('a', 'z', 1000)).toEqual([
      Buffer.from('a'),
      Buffer.from('z'),
    ])
    expect((await db.locality.getAddresses('a')).length).toBeGreaterThan(0)
    await db.doTransaction(async (tn) => {
      const before = await tn.costs.getApproximateSize()
      tn.set('a', 'x'.repeat(1000))
      expect(await tn.costs.getApproximateSize()).toBeGreaterThan(before + 1000)
    })
  })

  test('of the connection', async () => {
    expect(JSON.parse(await db.admin.getClientStatus())).toHaveProperty('Healthy')
    expect(db.admin.getMainThreadBusyness()).toBeGreaterThanOrEqual(0)
    expect(await db.admin.getServerProtocol()).toBeGreaterThan(0n)
  })
})

test('a mapped read follows an index to its records', async () => {
  // The mapper packs tuples from the start of the key, so the prefix is left out here.
  await database.doTransaction((tn) => {
    tn.set(tuple.pack(['mapped-index', 'de', '1']), tuple.pack([]))
    tn.set(tuple.pack(['mapped-record', '1', 'name']), 'Berlin')
  })
  const { begin, end } = tuple.range(['mapped-index'])
  const mapper = tuple.pack(['mapped-record', '{K[2]}', '{...}'])
  const { results } = await database.doTransaction((tn) =>
    tn.native.getMappedRange(begin, end, mapper),
  )
  expect(results.map((entry) => entry.results)).toEqual([
    [[tuple.pack(['mapped-record', '1', 'name']), Buffer.from('Berlin')]],
  ])
  await database.doTransaction((tn) => {
    tn.clearRangeStartsWith(tuple.pack(['mapped-index']))
    tn.clearRangeStartsWith(tuple.pack(['mapped-record']))
  })
})
