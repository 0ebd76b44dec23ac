import { describe, expectTypeOf, test } from 'vitest'
import { allKeys, encoders, root } from '../../src/index.ts'
import type {
  CallOptions,
  Database,
  FdbFuture,
  GetSubspace,
  NativeValue,
  Page,
  RangeBatch,
  RunOptions,
  Subspace,
  Tenant,
  TenantInfo,
  Transaction,
  TransactionOptionName,
  Transformer,
  TupleItem,
  UnpackedItem,
  Watch,
} from '../../src/index.ts'

declare const db: Database
declare const tn: Transaction
declare const tenant: Tenant
interface User {
  name: string
}
declare const users: Transformer<User, User>
/** What goes in is more than what comes out. */
declare const dates: Transformer<Date | number, Date>
type Key = TupleItem | readonly TupleItem[]

describe('the calls of every day', () => {
  const scope = db.at('u', encoders.string, users)

  test('give what the encodings give', () => {
    expectTypeOf(scope.getMany(['ada'])).resolves.toEqualTypeOf<(User | undefined)[]>()
    expectTypeOf(tn.at(scope).getMany(['ada'])).resolves.toEqualTypeOf<(User | undefined)[]>()
    expectTypeOf(tn.at(scope).getRanges([{ start: 'a' }])).resolves.toEqualTypeOf<
      [string, User][][]
    >()
    expectTypeOf(scope.getRange(allKeys)).toEqualTypeOf<AsyncIterableIterator<[string, User]>>()
    expectTypeOf(scope.count(allKeys)).resolves.toEqualTypeOf<number>()
    expectTypeOf(scope.page({ start: 'a' })).resolves.toEqualTypeOf<Page<string, User>>()
    expectTypeOf(scope.getRangeAll(allKeys)).resolves.toEqualTypeOf<[string, User][]>()
    // @ts-expect-error a key is text here
    void scope.page({ start: 5 })
    // @ts-expect-error allKeys is no key
    void scope.get(allKeys)
    // @ts-expect-error one key is no list of keys
    void scope.getMany('ada')
  })

  test('take numbers where the cluster counts', () => {
    expectTypeOf(tn.add).parameter(1).toEqualTypeOf<NativeValue | number | bigint>()
    void scope.max('ada', 5n, { bytes: 4 })
    // @ts-expect-error this one takes bytes
    void db.bitOr('flags', 5)
    // @ts-expect-error the size is a number
    void db.add('count', 5, { bytes: '4' })
  })
})

describe('a plain database', () => {
  test('takes text or bytes and gives bytes', () => {
    expectTypeOf(db.get).parameter(0).toEqualTypeOf<NativeValue>()
    expectTypeOf(db.get).returns.toEqualTypeOf<Promise<Buffer | undefined>>()
    expectTypeOf(tn.get).returns.toEqualTypeOf<FdbFuture<Buffer | undefined>>()
    expectTypeOf(tn.getRangeAll).returns.resolves.toEqualTypeOf<[Buffer, Buffer][]>()
    expectTypeOf(tn.set).parameters.toEqualTypeOf<[key: NativeValue, value: NativeValue]>()
    expectTypeOf(tn.set).returns.toBeVoid()
    expectTypeOf(db.set).returns.toEqualTypeOf<Promise<void>>()
    // @ts-expect-error a number needs an encoding
    tn.set('a', 1)
    // @ts-expect-error so does an object
    void db.set({ a: 1 }, 'b')
    // @ts-expect-error a key has to be given
    void db.get()
  })

  test('closes at the end of a block', () => {
    expectTypeOf<Database>().toExtend<Disposable & AsyncDisposable>()
    expectTypeOf<Transaction>().toExtend<Disposable>()
  })
})

describe('a scope', () => {
  const scoped = db.at('users', encoders.tuple, users)

  test('has the types of its encodings', () => {
    expectTypeOf(scoped).toEqualTypeOf<Database<Key, UnpackedItem[], User, User>>()
    expectTypeOf(scoped.get).returns.resolves.toEqualTypeOf<User | undefined>()
    expectTypeOf(scoped.getKey).returns.resolves.toEqualTypeOf<UnpackedItem[] | undefined>()
    expectTypeOf(scoped.getRangeAll).returns.resolves.toEqualTypeOf<[UnpackedItem[], User][]>()
    expectTypeOf(scoped.set).parameters.toEqualTypeOf<
      [key: Key, value: User, options?: CallOptions | undefined]
    >()
    expectTypeOf(scoped.getSubspace()).toEqualTypeOf<Subspace<Key, UnpackedItem[], User, User>>()
    // @ts-expect-error a user has a name
    void scoped.set(['a'], {})
    // @ts-expect-error a date is no tuple item
    void scoped.get([new Date()])
  })

  test('keeps apart what goes in and what comes out', () => {
    const byDate = db.withKeyEncoding(dates).withValueEncoding(encoders.int64BE)
    expectTypeOf(byDate).toEqualTypeOf<Database<Date | number, Date, bigint | number, bigint>>()
    expectTypeOf(byDate.set).parameters.toEqualTypeOf<
      [Date | number, bigint | number, options?: CallOptions | undefined]
    >()
    expectTypeOf(byDate.getRangeAllStartsWith).returns.resolves.toEqualTypeOf<[Date, bigint][]>()
  })

  test('is found with one encoding changed, and without encodings again', () => {
    expectTypeOf(db.at('a')).toEqualTypeOf<Database>()
    expectTypeOf(db.at(null)).toEqualTypeOf<Database>()
    expectTypeOf(db.at('a', encoders.string)).toEqualTypeOf<Database<string, string>>()
    expectTypeOf(db.at('a', undefined, users)).toEqualTypeOf<
      Database<NativeValue, Buffer, User, User>
    >()
    expectTypeOf(scoped.at(['more'])).toEqualTypeOf<typeof scoped>()
    expectTypeOf(scoped.withKeyEncoding()).toEqualTypeOf<
      Database<NativeValue, Buffer, User, User>
    >()
    expectTypeOf(scoped.withValueEncoding()).toEqualTypeOf<Database<Key, UnpackedItem[]>>()
    expectTypeOf(scoped.getRoot()).toEqualTypeOf<Database>()
    // @ts-expect-error a prefix is packed with the key encoding
    db.at(['a'])
  })

  test('runs transactions of its types, and gives what they return', () => {
    const run = scoped.doTransaction(async (inner, attempt) => {
      expectTypeOf(inner).toEqualTypeOf<Transaction<Key, UnpackedItem[], User, User>>()
      expectTypeOf(attempt.maybeCommitted).toEqualTypeOf<boolean>()
      return (await inner.get(['a']))?.name
    })
    expectTypeOf(run).toEqualTypeOf<Promise<string | undefined>>()
    expectTypeOf(scoped.doTransaction(() => 1)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(scoped.doTransaction((inner) => inner.watch('a'))).toEqualTypeOf<Promise<Watch>>()
    expectTypeOf(scoped.createTransaction()).toEqualTypeOf<
      Transaction<Key, UnpackedItem[], User, User>
    >()
  })

  test('is one of a tenant, too', () => {
    expectTypeOf(db.tenants.open('acme')).toEqualTypeOf<Tenant>()
    expectTypeOf<Tenant>().toExtend<Database>()
    expectTypeOf(tenant.at('users', encoders.tuple, users)).toEqualTypeOf<typeof scoped>()
    expectTypeOf(tenant.getId()).toEqualTypeOf<Promise<bigint>>()
    expectTypeOf(db.tenants.list()).toEqualTypeOf<Promise<TenantInfo[]>>()
    expectTypeOf<TenantInfo['id']>().toEqualTypeOf<bigint>()
    expectTypeOf(tenant.doTransaction((inner) => inner.get('a'))).resolves.toEqualTypeOf<
      Buffer | undefined
    >()
    // @ts-expect-error a name is text or bytes
    db.tenants.open(1)
    // @ts-expect-error a group is text or bytes
    void db.tenants.create('acme', { group: 1 })
  })
})

describe('a transaction', () => {
  const scoped = tn.at(db.at('users', encoders.tuple, users))

  test('reads what its encodings give', async () => {
    expectTypeOf(scoped).toEqualTypeOf<Transaction<Key, UnpackedItem[], User, User>>()
    expectTypeOf(scoped.snapshot()).toEqualTypeOf<typeof scoped>()
    expectTypeOf(scoped.get(['a'])).toEqualTypeOf<FdbFuture<User | undefined>>()
    expectTypeOf(await scoped.get(['a'])).toEqualTypeOf<User | undefined>()
    expectTypeOf(await scoped.exists(['a'])).toEqualTypeOf<boolean>()
    for await (const entry of scoped.getRange(['a'])) {
      expectTypeOf(entry).toEqualTypeOf<[UnpackedItem[], User]>()
    }
    for await (const batch of scoped.getRangeBatch(['a'])) {
      expectTypeOf(batch).toEqualTypeOf<[UnpackedItem[], User][]>()
    }
    expectTypeOf(await scoped.versionstamps.getPrefixedValue(['a'])).toEqualTypeOf<{
      stamp: Buffer
      value: User | undefined
    } | null>()
    expectTypeOf<RangeBatch<string, User>['results']>().toEqualTypeOf<[string, User][]>()
    expectTypeOf(scoped.locality.getSplitPoints(['a'], ['b'], 1)).resolves.toEqualTypeOf<
      UnpackedItem[][]
    >()
  })

  test('is waited for in generators with the same types', () => {
    function* task() {
      const value = yield* scoped.get(['a'])
      expectTypeOf(value).toEqualTypeOf<User | undefined>()
      const version = yield* scoped.getReadVersion()
      expectTypeOf(version).toEqualTypeOf<bigint>()
    }
    expectTypeOf(task).toBeFunction()
  })

  test('counts versions in bigints', () => {
    expectTypeOf(tn.getReadVersion()).resolves.toEqualTypeOf<bigint>()
    expectTypeOf(tn.setReadVersion).parameter(0).toEqualTypeOf<bigint>()
    expectTypeOf(tn.getCommittedVersion()).toEqualTypeOf<bigint>()
    expectTypeOf(tn.versionstamps.ofCommit()).toEqualTypeOf<{ promise: Promise<Buffer> }>()
  })

  test('takes options by name', () => {
    expectTypeOf<'timeout'>().toExtend<TransactionOptionName>()
    expectTypeOf<RunOptions['timeout']>().toEqualTypeOf<number | bigint | undefined>()
    expectTypeOf<RunOptions['read_your_writes_disable']>().toEqualTypeOf<true | undefined>()
    expectTypeOf<RunOptions['priority']>().toEqualTypeOf<
      'default' | 'batch' | 'immediate' | undefined
    >()
    // @ts-expect-error there is no such option
    void db.doTransaction(() => 1, { fast: true })
    // @ts-expect-error nor this one
    tn.setOption('fast')
    // @ts-expect-error a signal is no option of a transaction without a retry loop
    db.createTransaction({ signal: AbortSignal.abort() })
  })
})

describe('a subspace', () => {
  const subspace = root.withKeyEncoding(encoders.string).withValueEncoding(encoders.int64BE)

  test('has the types of its encodings', () => {
    expectTypeOf(root).toEqualTypeOf<Subspace>()
    expectTypeOf(subspace).toEqualTypeOf<Subspace<string, string, bigint | number, bigint>>()
    expectTypeOf(subspace.at('a')).toEqualTypeOf<typeof subspace>()
    expectTypeOf(subspace.at('a', encoders.tuple)).toEqualTypeOf<
      Subspace<Key, UnpackedItem[], bigint | number, bigint>
    >()
    expectTypeOf(subspace.packKey).parameters.toEqualTypeOf<[key: string]>()
    expectTypeOf(subspace.unpackKey).returns.toEqualTypeOf<string>()
    expectTypeOf(subspace.unpackValue).returns.toEqualTypeOf<bigint>()
    expectTypeOf(subspace.packRange('a').begin).toEqualTypeOf<Uint8Array>()
    expectTypeOf(subspace.contains('a')).toEqualTypeOf<boolean>()
    expectTypeOf(subspace.prefix).toEqualTypeOf<Buffer>()
    // @ts-expect-error a key is text here
    subspace.packKey(1)
  })

  test('gives its types to databases and transactions', () => {
    expectTypeOf(tn.at(subspace)).toEqualTypeOf<
      Transaction<string, string, bigint | number, bigint>
    >()
    expectTypeOf(db.at(subspace)).toEqualTypeOf<Database<string, string, bigint | number, bigint>>()
    expectTypeOf(db.at(subspace).withKeyEncoding()).toEqualTypeOf<
      Database<NativeValue, Buffer, bigint | number, bigint>
    >()
    expectTypeOf<Database<string, string, bigint | number, bigint>>().toExtend<
      GetSubspace<string, string, bigint | number, bigint>
    >()
    expectTypeOf(tn.at(db.at(subspace))).toEqualTypeOf<
      Transaction<string, string, bigint | number, bigint>
    >()
  })
})

describe('the encoders', () => {
  test('say what they take and give', () => {
    expectTypeOf(encoders.string).toEqualTypeOf<Transformer<string, string>>()
    expectTypeOf(encoders.buf).toEqualTypeOf<Transformer<Uint8Array, Buffer>>()
    expectTypeOf(encoders.int32BE).toEqualTypeOf<Transformer<number, number>>()
    expectTypeOf(encoders.int64BE).toEqualTypeOf<Transformer<bigint | number, bigint>>()
    expectTypeOf(encoders.tuple).toExtend<Transformer<Key, UnpackedItem[]>>()
    expectTypeOf(encoders.tuple.unpack).returns.toEqualTypeOf<UnpackedItem[]>()
    expectTypeOf(encoders.json.pack).parameter(0).toBeUnknown()
    expectTypeOf(encoders.json.unpack).returns.toBeUnknown()
    expectTypeOf(encoders.json<User>()).toEqualTypeOf<Transformer<User, User>>()
  })

  test('of a program are a pair of functions', () => {
    const own = { pack: (user: User) => user.name, unpack: (): User => ({ name: '' }) }
    expectTypeOf(own).toExtend<Transformer<User, User>>()
    expectTypeOf(db.withValueEncoding(own).get).returns.resolves.toEqualTypeOf<User | undefined>()
    // @ts-expect-error pack gives text or bytes
    db.withValueEncoding({ pack: (user: User) => user, unpack: () => 1 })
    // @ts-expect-error there is no way back
    db.withValueEncoding({ pack: (user: User) => user.name })
  })
})
