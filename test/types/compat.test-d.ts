import type * as peer from 'foundationdb'
import { describe, expectTypeOf, test } from 'vitest'
import * as fdb from '../../src/compat/index.ts'
import type { Database as MainDatabase, NativeValue } from '../../src/index.ts'

declare const db: fdb.Database
declare const tn: fdb.Transaction

/** Members of theirs that programs can use otherwise than ours: gone, or of a type that does not fit. */
type Unlike<Ours, Theirs> = keyof {
  [
    Name in keyof Theirs as Name extends `_${string}`
      ? never
      : Name extends keyof Ours
        ? Ours[Name] extends Theirs[Name]
          ? never
          : Name
        : Name
  ]: 1
}

describe('fdbkit/compat', () => {
  test('fits where node-foundationdb does, but for what mentions its own classes', () => {
    type Scopes = 'at' | 'subspace' | 'getSubspace'
    type Encodings = 'withKeyEncoding' | 'withValueEncoding'
    type Runs = 'doTn' | 'doTransaction' | 'doOneshot' | 'rawCreateTransaction'
    // There `value` may be left out; here it may be undefined.
    type Stamped = 'getVersionstampPrefixedValue'
    expectTypeOf<Unlike<fdb.Database, peer.Database>>().toEqualTypeOf<
      // `test_causal_read_risky` takes a number, and `true` there.
      Scopes | Encodings | Runs | Stamped | 'getRoot' | 'setNativeOptions'
    >()
    expectTypeOf<Unlike<fdb.Transaction, peer.Transaction>>().toEqualTypeOf<
      // An iterator is all that `for await` needs; addresses are a promise, as they are there, too.
      Scopes | Stamped | 'snapshot' | 'scopedTo' | 'getRange' | 'getAddressesForKey'
    >()
    expectTypeOf<peer.TransactionOptions>().toExtend<fdb.TransactionOptions>()
    type Tests = 'test_causal_read_risky'
    expectTypeOf<Omit<peer.DatabaseOptions, Tests>>().toExtend<Omit<fdb.DatabaseOptions, Tests>>()
    expectTypeOf<peer.NetworkOptions>().toExtend<Parameters<typeof fdb.configNetwork>[0]>()
    expectTypeOf<Exclude<keyof typeof peer, keyof typeof fdb>>().toEqualTypeOf<never>()
  })

  test('opens databases with the names of node-foundationdb', () => {
    expectTypeOf(fdb.open()).toEqualTypeOf<fdb.Database>()
    expectTypeOf(fdb.setAPIVersion).parameter(0).toEqualTypeOf<number>()
    expectTypeOf(db.rawCreateTransaction()).toEqualTypeOf<fdb.Transaction>()
    expectTypeOf(db.subspace).toEqualTypeOf<fdb.Subspace>()
  })

  test('keeps its own kinds through scopes and transactions', () => {
    const scoped = db.at('a', fdb.encoders.string, fdb.encoders.int32BE)
    expectTypeOf(scoped).toEqualTypeOf<fdb.Database<string, string, number, number>>()
    expectTypeOf(scoped.get('a')).resolves.toEqualTypeOf<number | undefined>()
    expectTypeOf(scoped.withKeyEncoding()).toEqualTypeOf<
      fdb.Database<NativeValue, Buffer, number, number>
    >()
    const run = scoped.doTransaction(async (inner) => {
      expectTypeOf(inner).toEqualTypeOf<fdb.Transaction<string, string, number, number>>()
      expectTypeOf(inner.snapshot()).toEqualTypeOf<typeof inner>()
      expectTypeOf(inner.scopedTo(db)).toEqualTypeOf<fdb.Transaction>()
      return 1n
    })
    expectTypeOf(run).toEqualTypeOf<Promise<bigint>>()
  })

  test('has versions of bytes, and callbacks', () => {
    expectTypeOf(tn.getReadVersion()).toEqualTypeOf<Promise<Buffer>>()
    expectTypeOf(tn.getCommittedVersion()).toEqualTypeOf<Buffer>()
    expectTypeOf(tn.get('a')).toEqualTypeOf<Promise<Buffer | undefined>>()
    tn.get('a', (error, value) => {
      expectTypeOf(value).toEqualTypeOf<Buffer | undefined>()
      expectTypeOf(error).toExtend<Error | null>()
    })
  })

  test('has errors with the arguments the other way round', () => {
    expectTypeOf(fdb.FDBError).constructorParameters.toEqualTypeOf<
      [description: string, code: number]
    >()
  })

  test('has the calls of the main database that it does not change', () => {
    expectTypeOf<fdb.Database['set']>().toEqualTypeOf<MainDatabase['set']>()
    expectTypeOf<fdb.Database['getRangeAll']>().toEqualTypeOf<MainDatabase['getRangeAll']>()
  })
})
