import { describe, expectTypeOf, test } from 'vitest'
import type { Database, Tenant, Transaction, Transactor } from '../../src/index.ts'
import type { Once } from '../../src/recipes/index.ts'
import { fromPromise, sleep } from '../../src/task/index.ts'
import type { TaskGenerator } from '../../src/task/index.ts'
import { tracedTransactions } from '../../src/tracing/index.ts'
import type { Database as CompatDatabase } from '../../src/compat/index.ts'

declare const db: Database
declare const tn: Transaction
declare const tenant: Tenant
declare const on: Transactor
declare const once: Once
declare const compat: CompatDatabase

describe('a generator function as the function of a transaction', () => {
  test('gives what it returns', () => {
    const run = db.doTransaction(function* (inner, attempt) {
      expectTypeOf(inner).toEqualTypeOf<Transaction>()
      expectTypeOf(attempt.number).toEqualTypeOf<number>()
      const value = yield* inner.get('a')
      expectTypeOf(value).toEqualTypeOf<Buffer | undefined>()
      yield* sleep(1)
      return value?.length
    })
    expectTypeOf(run).toEqualTypeOf<Promise<number | undefined>>()
  })

  test('also where there is nothing to return, or nothing to wait for', () => {
    const nothing = db.doTransaction(function* (inner) {
      yield* inner.get('a')
    })
    expectTypeOf(nothing).toEqualTypeOf<Promise<void>>()
    const atOnce = db.doTransaction(function* () {
      return 5
    })
    expectTypeOf(atOnce).toEqualTypeOf<Promise<number>>()
  })

  test('wherever such a function is taken', () => {
    function* length(inner: Transaction): TaskGenerator<number> {
      return (yield* inner.get('a'))?.length ?? 0
    }
    expectTypeOf(db.doTransaction(length)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(tn.doTransaction(length)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(tenant.doTransaction(length)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(on.doTransaction(length)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(once.run(length)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(tracedTransactions(db)(length)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(db.doOneshot(length)).toEqualTypeOf<Promise<void>>()
    const ran = compat.doTransaction(function* (inner) {
      const version = yield* fromPromise(inner.getReadVersion())
      return version.toString('hex')
    })
    expectTypeOf(ran).toEqualTypeOf<Promise<string>>()
  })

  test('and the other kinds of functions stay as they are', () => {
    expectTypeOf(db.doTransaction(async () => 5)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(db.doTransaction(() => 5)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(db.doTransaction((inner) => inner.get('a'))).toEqualTypeOf<
      Promise<Buffer | undefined>
    >()
    expectTypeOf(db.doTransaction(() => [1])).toEqualTypeOf<Promise<number[]>>()
  })
})
