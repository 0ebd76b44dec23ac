import { describe, expectTypeOf, test } from 'vitest'
import { Workload, defineWorkload } from '../../src/simulation/index.ts'
import type { Database, WorkloadContext, WorkloadDefinition } from '../../src/simulation/index.ts'

describe('a workload', () => {
  test('has options of the types of their defaults', () => {
    const workload = defineWorkload({
      options: { count: 50, name: 'a', deep: true, large: 1n },
      async start(db, ctx) {
        expectTypeOf(db).toEqualTypeOf<Database>()
        expectTypeOf(ctx.options.count).toEqualTypeOf<number>()
        expectTypeOf(ctx.options.name).toEqualTypeOf<string>()
        expectTypeOf(ctx.options.deep).toEqualTypeOf<boolean>()
        expectTypeOf(ctx.options.large).toEqualTypeOf<bigint>()
        // @ts-expect-error there is no such option
        void ctx.options.size
        // @ts-expect-error options are the test file's
        ctx.options.count = 1
      },
      check: async (_db, ctx) => ctx.options.count > 0,
      metrics: (ctx) => ({ count: ctx.options.count, mean: { value: 1, average: true } }),
    })
    expectTypeOf(workload.options?.count).toEqualTypeOf<50 | undefined>()
    expectTypeOf(workload).toExtend<WorkloadDefinition<NonNullable<typeof workload.options>>>()
  })

  test('has a check that answers by true or false', () => {
    defineWorkload({ setup: () => undefined, start: async () => {}, check: () => true })
    // @ts-expect-error a check that ends without an answer does not pass
    defineWorkload({ check() {} })
    // @ts-expect-error nor one that promises nothing
    defineWorkload({ check: async () => {} })
    // @ts-expect-error a number is no answer
    defineWorkload({ check: () => 1 })
  })

  test('without options has none', () => {
    defineWorkload({
      start(_db, ctx) {
        // @ts-expect-error there is none
        void ctx.options.count
      },
    })
    // @ts-expect-error a workload has no such phase
    defineWorkload({ finish() {} })
    // @ts-expect-error a date is no option
    defineWorkload({ options: { at: new Date() } })
  })

  test('asks for an option with its default', () => {
    const ctx = {} as WorkloadContext
    expectTypeOf(ctx.option('count', 50)).toEqualTypeOf<number>()
    expectTypeOf(ctx.option('name', 'a')).toEqualTypeOf<string>()
    expectTypeOf(ctx.random()).toEqualTypeOf<number>()
    // @ts-expect-error there is no such severity
    ctx.trace('loud', 'Event')
  })

  test('is a class, too', () => {
    class Mine extends Workload {
      override async start(db: Database, ctx: WorkloadContext): Promise<void> {
        await db.set('a', String(ctx.clientId))
      }
    }
    expectTypeOf(new Mine()).toExtend<Workload>()
  })
})
