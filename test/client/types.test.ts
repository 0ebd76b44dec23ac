import { describe, expectTypeOf, test } from 'vitest'
import { encoders, root } from '../../src/index.ts'
import type {
  Database,
  FdbFuture,
  NativeValue,
  RunOptions,
  Subspace,
  Transaction,
  TupleItem,
  UnpackedItem,
} from '../../src/index.ts'

// Only the types matter here: nothing of this runs.
declare const db: Database
declare const tn: Transaction
interface User {
  name: string
}
const users = {
  pack: (user: User) => user.name,
  unpack: (bytes: Buffer): User => ({ name: bytes.toString() }),
}

describe('types', () => {
  test('of a plain database are bytes out, text or bytes in', () => {
    expectTypeOf<Database['get']>().parameter(0).toEqualTypeOf<NativeValue>()
    expectTypeOf<Database['get']>().returns.resolves.toEqualTypeOf<Buffer | undefined>()
    expectTypeOf<Transaction['get']>().returns.toEqualTypeOf<FdbFuture<Buffer | undefined>>()
    expectTypeOf<Transaction['getRangeAll']>().returns.resolves.toEqualTypeOf<[Buffer, Buffer][]>()
    // @ts-expect-error a number needs an encoding
    void (() => tn.set('a', 1))
  })

  test('follow the encodings, end to end', () => {
    const scoped = () => db.at('users', encoders.tuple, users)
    type Scoped = ReturnType<typeof scoped>
    type Key = TupleItem | readonly TupleItem[]
    expectTypeOf<Scoped>().toEqualTypeOf<Database<Key, UnpackedItem[], User, User>>()
    expectTypeOf<Scoped['get']>().returns.resolves.toEqualTypeOf<User | undefined>()
    expectTypeOf<Scoped['getKey']>().returns.resolves.toEqualTypeOf<UnpackedItem[] | undefined>()
    expectTypeOf<Scoped['getAndWatch']>().returns.resolves.toHaveProperty('value')
    const _run = () =>
      scoped().doTransaction(async (inner) => {
        expectTypeOf(inner).toEqualTypeOf<Transaction<Key, UnpackedItem[], User, User>>()
        return (await inner.get(['a']))?.name
      })
    expectTypeOf<ReturnType<typeof _run>>().resolves.toEqualTypeOf<string | undefined>()
  })

  test('of scopes and subspaces go together', () => {
    const subspace = () => root.withKeyEncoding(encoders.string).withValueEncoding(encoders.int64BE)
    type Sub = ReturnType<typeof subspace>
    expectTypeOf<Sub>().toEqualTypeOf<Subspace<string, string, bigint | number, bigint>>()
    const _at = () => tn.at(subspace())
    expectTypeOf<ReturnType<typeof _at>>().toEqualTypeOf<
      Transaction<string, string, bigint | number, bigint>
    >()
    const atDatabase = () => db.at(subspace())
    expectTypeOf<ReturnType<typeof atDatabase>>().toEqualTypeOf<
      Database<string, string, bigint | number, bigint>
    >()
    const _plainAgain = () => atDatabase().withKeyEncoding()
    expectTypeOf<ReturnType<typeof _plainAgain>>().toEqualTypeOf<
      Database<NativeValue, Buffer, bigint | number, bigint>
    >()
  })

  test('of options come from the tables', () => {
    expectTypeOf<RunOptions['timeout']>().toEqualTypeOf<number | bigint | undefined>()
    expectTypeOf<RunOptions['read_your_writes_disable']>().toEqualTypeOf<true | undefined>()
    // @ts-expect-error there is no such option
    void (() => db.doTransaction(() => 1, { fast: true }))
    // @ts-expect-error nor this one
    void (() => tn.setOption('fast'))
  })
})
