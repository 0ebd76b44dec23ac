/** What a runtime in virtual time owns, and what it leaves alone: clock and native handles of others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { currentEnvironment } from '../../src/future/wakers/lifecycle.ts'
import type { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { openEmbedded } from '../../src/index.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import {
  actor,
  currentTask,
  DeterministicEnvironment,
  type Executor,
  fdbSpawn,
  fromPromise,
  inPlaceExecutor,
  Runtime,
  sleep,
} from '../../src/task/index.ts'
import { nextTurn } from '../support/contexts.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { deterministic, Draw } from './helpers.ts'

let database: DatabaseHandle

beforeAll(() => {
  openEmbedded().close() // the network runs from here on
  database = DatabaseHandle.open()
})

afterAll(() => database.close())

function makeTransaction(): TransactionHandle {
  return database.createTransaction()
}

async function readOnce(transaction: TransactionHandle): Promise<void> {
  await transaction.get(Buffer.from('key'))
}

describe('a runtime in virtual time', () => {
  it('leaves the handles and the clock of unrelated code alone, and owns what its tasks make', async () => {
    const { runtime, environment } = deterministic(1)
    const its: TransactionHandle[] = []
    const running = runtime.run(async () => {
      its.push(makeTransaction())
      await sleep(10)
      its.push(makeTransaction())
      await readOnce(its[1] as TransactionHandle)
      its.push(makeTransaction())
      expect(currentEnvironment()).toBe(environment)
      await runtime.fdbSpawn(function* () {
        yield* sleep(10)
        its.push(makeTransaction())
      })
      its.push(makeTransaction())
      return currentEnvironment()
    })
    let isOver = false
    void running.finally(() => (isOver = true))
    const unrelated: TransactionHandle[] = []
    while (!isOver) {
      unrelated.push(makeTransaction())
      await readOnce(unrelated.at(-1) as TransactionHandle)
      expect(currentEnvironment()).toBe(hostEnvironment)
      unrelated.push(makeTransaction())
      await nextTurn()
    }
    expect(await running).toBe(environment)
    runtime.dispose()
    expect(its.map((transaction) => transaction.destroyed)).toEqual(its.map(() => true))
    expect(its).toHaveLength(5)
    expect(unrelated.length).toBeGreaterThan(1)
    expect(unrelated.filter((transaction) => transaction.destroyed)).toEqual([])
    for (const transaction of unrelated) {
      await readOnce(transaction)
      transaction.destroy()
    }
  })

  it('polls what its async functions spawn, behind an await too, and nothing of what others spawn', async () => {
    await forSeedsAsync(async (seed) => {
      const draw = new Draw(seed)
      const { runtime, environment } = deterministic(seed)
      const where = (): Executor | undefined => currentTask()?.executor
      const spawn = async (depth: number): Promise<void> => {
        if (draw.chance(0.5)) await sleep(1 + draw.below(100))
        if (draw.chance(0.5)) await fromPromise(Promise.resolve())
        const found = draw.chance(0.5)
          ? await fdbSpawn(function* () {
              yield* sleep(1000)
              return where()
            })
          : await actor(function* () {
              yield* sleep(1000)
              return where()
            })()
        expect(found).toBe(runtime.executor)
        if (depth > 0) await fdbSpawn(() => spawn(depth - 1))
      }
      const running = runtime.run(() => spawn(2))
      const others = fdbSpawn(function* () {
        return where()
      })
      expect(others.result()).toBe(inPlaceExecutor)
      await running
      expect(environment.now()).toBeGreaterThanOrEqual(3000)
      runtime.dispose()
    })
  })

  it('keeps what belongs to it also for a task that was spawned before it ran', async () => {
    const { runtime, environment } = deterministic(1)
    const early = runtime.spawn(async () => {
      await sleep(5)
      await sleep(5)
      return [makeTransaction(), environment.now(), currentEnvironment()] as const
    })
    const [transaction, now, its] = await runtime.run(async () => await early)
    expect([now, its]).toEqual([10, environment])
    runtime.dispose()
    expect(transaction.destroyed).toBe(true)
  })

  it('does so beside others, in an order drawn from a seed', async () => {
    await forSeedsAsync(async (seed) => {
      const draw = new Draw(seed)
      const runtimes = [1, 2, 3].map(() => {
        const environment = new DeterministicEnvironment({ seed })
        const waking = draw.pick(['queued', 'in place'] as const)
        return {
          environment,
          runtime: new Runtime({ environment, waking }),
          made: new Set<TransactionHandle>(),
        }
      })
      const host = new Set<TransactionHandle>()

      const work = async (
        made: Set<TransactionHandle>,
        environment: unknown,
        wait: () => PromiseLike<unknown>,
      ): Promise<void> => {
        for (let steps = draw.below(6); steps >= 0; steps--) {
          expect(currentEnvironment()).toBe(environment)
          const transaction = makeTransaction()
          made.add(transaction)
          await (draw.chance(0.5) ? readOnce(transaction) : wait())
        }
        expect(currentEnvironment()).toBe(environment)
      }

      await Promise.all([
        ...runtimes.map(({ runtime, environment, made }) =>
          runtime.run(() => work(made, environment, () => sleep(draw.below(20)))),
        ),
        work(host, hostEnvironment, nextTurn),
        work(host, hostEnvironment, () => sleep(0)),
      ])
      for (const { runtime, made } of runtimes) {
        expect([...made].filter((transaction) => transaction.destroyed)).toEqual([])
        runtime.dispose()
        expect([...made].filter((transaction) => !transaction.destroyed)).toEqual([])
      }
      expect([...host].filter((transaction) => transaction.destroyed)).toEqual([])
      for (const transaction of host) transaction.destroy()
    })
  })
})
