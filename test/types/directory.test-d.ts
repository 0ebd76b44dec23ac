import { describe, expectTypeOf, test } from 'vitest'
import { DirectoryLayer, HighContentionAllocator, directory, encoders } from '../../src/index.ts'
import type {
  CallOptions,
  Database,
  Directory,
  DirectoryErrorReason,
  NativeValue,
  Transaction,
  DirectoryError,
} from '../../src/index.ts'

declare const db: Database
declare const tn: Transaction
const scoped = db.withKeyEncoding(encoders.string).withValueEncoding(encoders.int64BE)
declare const opened: Directory

describe('a directory', () => {
  test('takes the encodings of the scope that it is opened with', async () => {
    expectTypeOf(await directory.createOrOpen(db, 'a')).toEqualTypeOf<Directory>()
    expectTypeOf(await directory.open(tn, ['a', 'b'])).toEqualTypeOf<Directory>()
    type There = Directory<string, string, bigint | number, bigint>
    expectTypeOf(await directory.create(scoped, ['a'])).toEqualTypeOf<There>()
    expectTypeOf(await directory.move(scoped, 'a', 'b')).toEqualTypeOf<There>()
    expectTypeOf(await opened.open(tn.at(scoped), 'c')).toEqualTypeOf<There>()
    expectTypeOf(await opened.moveTo(scoped, ['a'])).toEqualTypeOf<There>()
  })

  test('is a scope', async () => {
    const there = await directory.create(scoped, ['a'])
    expectTypeOf(db.at(there)).toEqualTypeOf<typeof scoped>()
    expectTypeOf(db.at(opened)).toEqualTypeOf<Database>()
    expectTypeOf(tn.at(there)).toEqualTypeOf<Transaction<string, string, bigint | number, bigint>>()
    expectTypeOf(db.at(opened).set).parameters.toEqualTypeOf<
      [NativeValue, NativeValue, options?: CallOptions | undefined]
    >()
  })

  test('is listed, looked for and removed', async () => {
    expectTypeOf(directory.listAll(db)).toEqualTypeOf<Promise<string[]>>()
    for await (const name of directory.list(tn, 'a')) expectTypeOf(name).toEqualTypeOf<string>()
    expectTypeOf(directory.exists(db, 'a')).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(opened.removeIfExists(db)).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(opened.getPath()).toEqualTypeOf<string[]>()
    expectTypeOf(directory.moveTo(db, 'a')).toEqualTypeOf<Promise<never>>()
    // @ts-expect-error a path is made of text
    void directory.open(db, [1])
    // @ts-expect-error a subspace has no transactions
    void directory.open(scoped.getSubspace(), 'a')
  })

  test('layer and allocator live in scopes of any types', () => {
    expectTypeOf(new DirectoryLayer({ nodeSubspace: scoped })).toEqualTypeOf<DirectoryLayer>()
    expectTypeOf(new HighContentionAllocator(scoped).allocate(tn)).resolves.toEqualTypeOf<Buffer>()
    // @ts-expect-error there is no such option
    new DirectoryLayer({ prefix: 'a' })
  })

  test('error has a reason of a closed list', () => {
    expectTypeOf<DirectoryError['reason']>().toEqualTypeOf<DirectoryErrorReason>()
    expectTypeOf<'not_found'>().toExtend<DirectoryErrorReason>()
    expectTypeOf<string>().not.toExtend<DirectoryErrorReason>()
  })
})
