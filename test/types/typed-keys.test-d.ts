import { describe, expectTypeOf, test } from 'vitest'
import { encoders, keySelector, longScan, openEmbedded } from '../../src/index.ts'
import type { Database, KeyPrefix, KeyRest, NativeValue, Transaction } from '../../src/index.ts'

const db = openEmbedded()
type Score = readonly [player: string, round: number]
const scores = db.at('scores/', encoders.tuple<[player: string, round: number]>(), encoders.string)
declare const tn: Transaction

describe('tuples of one shape', () => {
  test('go in and come out as such', () => {
    expectTypeOf(scores).toEqualTypeOf<Database<Score, [string, number], string, string>>()
    expectTypeOf(scores.getRangeAll(['ada'])).resolves.toEqualTypeOf<[[string, number], string][]>()
    void scores.set(['ada', 1], 'x')
    // @ts-expect-error a part of a key is no key
    void scores.set(['ada'], 'x')
    // @ts-expect-error nor is what has more
    void scores.set(['ada', 1, 2], 'x')
    // @ts-expect-error the items have their types
    void scores.get([1, 'ada'])
    // @ts-expect-error a key is an array
    void scores.get('ada')
    // @ts-expect-error nothing is no key
    void scores.get(undefined)
    // @ts-expect-error nothing is no key
    void scores.clear(null)
  })

  test('have prefixes where ranges are named', () => {
    expectTypeOf<KeyPrefix<Score>>().toEqualTypeOf<Score | readonly [] | readonly [string]>()
    expectTypeOf<KeyPrefix<NativeValue>>().toEqualTypeOf<NativeValue>()
    expectTypeOf<KeyPrefix<readonly string[]>>().toEqualTypeOf<readonly string[]>()
    for (const prefix of [[], ['ada'], ['ada', 1]] as const) {
      void scores.getRangeAllStartsWith(prefix)
      void scores.clearRangeStartsWith(prefix)
      void scores.clearRange(prefix, ['bea'])
      void scores.getRangeAll(keySelector.firstGreaterThan(prefix), ['bea'])
      void scores.count(prefix)
      void scores.page({ start: prefix })
      void longScan(scores, prefix)
      void scores.locality.getEstimatedSize(prefix, ['bea'])
      tn.at(scores).conflicts.addReadRange(prefix, ['bea'])
    }
    // @ts-expect-error the items have their types
    void scores.getRangeAll([1])
    // @ts-expect-error and there are no more of them
    void scores.getRangeAllStartsWith(['ada', 1, 2])
    // @ts-expect-error also in selectors
    void scores.getKey(keySelector.lastLessThan([1]))
  })

  test('leave the other items to a scope behind a prefix', () => {
    expectTypeOf<KeyRest<Score, readonly ['ada']>>().toEqualTypeOf<readonly [number]>()
    expectTypeOf<KeyRest<NativeValue, 'a'>>().toEqualTypeOf<NativeValue>()
    const rounds = scores.at(['ada'])
    expectTypeOf(rounds.getSubspace().packKey)
      .parameter(0)
      .toEqualTypeOf<KeyPrefix<readonly [round: number]>>()
    expectTypeOf(rounds.getRangeAll([])).resolves.toEqualTypeOf<[[round: number], string][]>()
    void rounds.set([1], 'x')
    // @ts-expect-error the name is before it already
    void rounds.set(['ada', 1], 'x')
    expectTypeOf(scores.at(null)).toEqualTypeOf<typeof scores>()
    expectTypeOf(db.at('a')).toEqualTypeOf<Database>()
    const any = db.withKeyEncoding(encoders.tuple)
    expectTypeOf(any.at(['a'])).toEqualTypeOf<typeof any>()
  })
})

describe('JSON', () => {
  interface User {
    name: string
  }

  test('of a type gives that type, of a schema what it makes', () => {
    const users = db.withValueEncoding(encoders.json<User>())
    expectTypeOf(users.get('ada')).resolves.toEqualTypeOf<User | undefined>()
    // @ts-expect-error a user has a name
    void users.set('ada', { nme: 'Ada' })
    const parsed = db.withValueEncoding(
      encoders.json({ parse: (value): Date => new Date(String(value)) }),
    )
    expectTypeOf(parsed.get('day')).resolves.toEqualTypeOf<Date | undefined>()
    const standard = {
      '~standard': {
        validate: (value: unknown) => ({ value: Number(value) }),
        types: undefined as { input: string; output: number } | undefined,
      },
    }
    const numbers = db.withValueEncoding(encoders.json(standard))
    expectTypeOf(numbers.get('n')).resolves.toEqualTypeOf<number | undefined>()
    expectTypeOf(numbers.set).parameter(1).toEqualTypeOf<string>()
    const untyped = db.withValueEncoding(encoders.json)
    expectTypeOf(untyped.get('ada')).resolves.toBeUnknown()
  })
})

describe('options', () => {
  test('with a wrong name, or of another call, are refused', () => {
    // @ts-expect-error limt
    void db.getRangeAll('a', 'b', { limt: 5 })
    // @ts-expect-error a range has no signal
    tn.getRange('a', 'b', { tags: ['a'] })
    // @ts-expect-error that is the retry loop's
    db.createTransaction({ budget: { keys: 5 } })
    // @ts-expect-error budgets have no seconds
    void db.doTransaction(() => undefined, { budget: { seconds: 5 } })
    // @ts-expect-error a cluster has no name
    void openEmbedded({ clusterFile: 'a' })
  })
})
