// A transaction's function may be a generator function: what it gives is run as a task.
import { afterAll, describe, expect, test } from 'vitest'
import { FDBError } from '../../src/index.ts'
import type { Attempt, Transaction, Transactor } from '../../src/index.ts'
import { Once } from '../../src/recipes/index.ts'
import {
  bounded,
  currentTask,
  DeterministicEnvironment,
  fromPromise,
  inPlaceExecutor,
  Runtime,
  sleep,
} from '../../src/task/index.ts'
import type { TaskGenerator } from '../../src/task/index.ts'
import { caught } from './early-ends.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'generators')
afterAll(() => database.close())

function* increment(tn: Transaction): TaskGenerator<number> {
  const next = Number((yield* tn.get('n')) ?? 0) + 1
  tn.set('n', String(next))
  return next
}

describe('a generator function', () => {
  test('is run wherever a function of a transaction is taken', async () => {
    const body = increment
    const on: Transactor = db
    expect(await db.doTransaction(body)).toBe(1)
    expect(await on.doTransaction(body)).toBe(2)
    expect(await db.doTransaction(body, { budget: { keys: 5 } })).toBe(3)
    expect(await db.doTransaction((tn) => tn.doTransaction(body))).toBe(4)
    await db.doOneshot(body)
    await database.at('generators/').doOneshot(function* (tn) {
      yield* body(tn)
    })
    const once = new Once(db.at('once/'))
    expect(await once.run((tn) => body(tn.at(db)))).toBe(7)
    await once.sweep()
    using tn = db.createTransaction()
    expect(await tn.doTransaction(body)).toBe(8)
    await tn.commit()
    expect(String(await db.get('n'))).toBe('8')
  })

  test('runs again, from its start, after an error that another attempt may cure', async () => {
    const log: string[] = []
    const result = await db.doTransaction(function* (tn, { number }) {
      try {
        log.push(`begins ${number}`)
        if (number < 3) {
          tn.set('n', 'not this')
          yield* tn.get('a')
          throw new FDBError(1020)
        }
        return yield* tn.get('n')
      } finally {
        log.push(`ends ${number}`)
      }
    })
    expect(result).toBeUndefined()
    expect(log).toEqual([1, 2, 3].flatMap((number) => [`begins ${number}`, `ends ${number}`]))
  })

  test('gets the errors of what it waits for, and its own are those of the run', async () => {
    const problem = new Error('of the body')
    const run = db.doTransaction(function* (tn) {
      tn.set('n', 'never')
      try {
        yield* fromPromise(Promise.reject(new RangeError('of a promise')))
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
        throw problem
      }
    })
    expect(await caught(run)).toBe(problem)
    expect(await db.get('n')).toBeUndefined()
    expect(
      await caught(
        db.doTransaction(function* () {
          yield 5 as never
        }),
      ),
    ).toBeInstanceOf(TypeError)
  })

  test('is ended where it waits when its run is stopped, and cleans up', async () => {
    for (const stop of ['signal', 'budget'] as const) {
      const ended = new AbortController()
      const [sender, receiver] = bounded<number>(1)
      let cleaned = 0
      const run = db.doTransaction(
        function* (tn) {
          try {
            if (stop === 'signal') setImmediate(() => ended.abort(new Error('enough')))
            tn.set('n', 'never')
            yield* receiver.recv()
          } finally {
            cleaned++
          }
        },
        stop === 'signal' ? { signal: ended.signal } : { budget: { milliseconds: 1 } },
      )
      expect(await caught(run)).toBeInstanceOf(Error)
      expect(cleaned).toBe(1)
      sender.drop()
      receiver.drop()
    }
    expect(await db.get('n')).toBeUndefined()
  })

  test("runs on the executor of the task that runs the transaction, in each attempt, by that one's clock", async () => {
    using runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 1 }) })
    const executors = new Set<unknown>()
    await runtime.run(function* () {
      const run = db.doTransaction(function* (tn, { number }) {
        executors.add(currentTask()?.executor)
        yield* sleep(1_000_000_000)
        yield* tn.get('n')
        if (number === 1) throw new FDBError(1020)
      })
      yield* fromPromise(run)
    })
    expect([...executors]).toEqual([runtime.executor])
  })

  test('is a task that is named, and polled by who polls its caller, in every attempt', async () => {
    const polled: unknown[] = []
    const body = function* (_tn: Transaction, { number }: Attempt): TaskGenerator<number> {
      polled.push([currentTask()?.name, currentTask()?.executor])
      if (number === 1) throw new FDBError(1020)
      return number
    }
    await db.doTransaction(body)
    expect(polled).toEqual([1, 2].map(() => ['doTransaction', inPlaceExecutor]))
    polled.length = 0
    using runtime = new Runtime()
    await runtime.run(function* () {
      return yield* fromPromise(db.doTransaction(body))
    })
    expect(polled).toEqual([1, 2].map(() => ['doTransaction', runtime.executor]))
  })

  test('of a tenant is run too', async () => {
    const name = `generators ${process.pid}`
    await database.tenants.create(name)
    using tenant = database.tenants.open(name)
    const written = await tenant.doTransaction(function* (tn) {
      tn.set('a', 'b')
      return yield* tn.get('a')
    })
    expect(String(written)).toBe('b')
    await tenant.clearAll()
    await database.tenants.delete(name)
  })
})

test('an async generator function, which nobody would run, is refused', async () => {
  let ran = false
  async function* body(): AsyncGenerator<number> {
    ran = true
    yield 1
  }
  const refusal = {
    name: 'TypeError',
    message: expect.stringContaining('async generator') as string,
  }
  expect(await caught(db.doTransaction(body))).toMatchObject(refusal)
  expect(await caught(db.doOneshot(body))).toMatchObject(refusal)
  using tn = db.createTransaction()
  expect(await caught(tn.doTransaction(body))).toMatchObject(refusal)
  expect(ran).toBe(false)
})
