import { afterAll, describe, expect, test } from 'vitest'
import { BudgetExceededError, FDBError, encoders, longScan } from '../../src/index.ts'
import type { Budget, Database } from '../../src/index.ts'
import { Draw } from '../differential/draw.ts'
import { openTestDatabase } from '../support/database.ts'

const database = openTestDatabase()
afterAll(async () => {
  await database.clearRangeStartsWith('')
  database.close()
})

const SEEDS = 12

async function fill(scope: Database<string, string, string, string>, count: number) {
  const entries = Array.from({ length: count }, (_, i): [string, string] => [
    String(i).padStart(4, '0'),
    `value ${i}`,
  ])
  await scope.doOneshot((tn) => {
    for (const [key, value] of entries) tn.set(key, value)
  })
  return entries
}

const typed = (name: string) =>
  database.at(`${name}/`, encoders.string).withValueEncoding(encoders.string)

describe('longScan', () => {
  test('gives each key once and in order, over many transactions and restarts', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const draw = new Draw(seed)
      const scope = typed(`scan/${seed}`)
      const all = await fill(scope, draw.integer(0, 120))
      const reverse = draw.oneIn(2)
      const seen: [string, string][] = []
      const written = new Set<string>()
      let after: Buffer | undefined
      for (let restart = true; restart;) {
        restart = false
        const options = {
          after,
          reverse,
          batchKeys: draw.integer(1, 20),
          transactionMilliseconds: draw.pick([1, 1000]),
        }
        for await (const { entries, cursor } of longScan(scope, '', undefined, options)) {
          seen.push(...entries)
          after = cursor
          // Values that change behind the scan and before it don't make it lose or repeat a key.
          const key = draw.pick(all)[0]
          await scope.set(key, 'changed')
          written.add(key)
          if (draw.oneIn(4)) {
            restart = true
            break
          }
        }
      }
      const expected = reverse ? all.toReversed() : all
      expect(
        seen.map(([key]) => key),
        `seed ${seed}`,
      ).toEqual(expected.map(([key]) => key))
      for (const [at, [key, value]] of seen.entries()) {
        if (value !== expected[at]![1]) expect(written).toContain(key)
      }
    }
  })

  test('takes a range by its ends, and stops with the reason of a signal', async () => {
    const scope = typed('ends')
    const all = await fill(scope, 50)
    const seen: [string, string][] = []
    for await (const { entries } of longScan(scope, '0010', '0020')) seen.push(...entries)
    expect(seen).toEqual(all.slice(10, 20))
    const controller = new AbortController()
    const scan = longScan(scope, '', undefined, { batchKeys: 5, signal: controller.signal })
    await scan.next()
    controller.abort(new Error('enough'))
    await expect(scan.next()).rejects.toThrow('enough')
    await expect(longScan(scope, '', undefined, { batchKeys: 0 }).next()).rejects.toThrow(TypeError)
  })
})

describe('a budget', () => {
  test('stops exactly the transaction that reads more keys or bytes, and writes nothing', async () => {
    const scope = typed('budget')
    const all = await fill(scope, 60)
    const prefix = scope.getPrefix().length
    for (let seed = 1; seed <= SEEDS * 4; seed++) {
      const draw = new Draw(seed)
      const plan = Array.from({ length: draw.integer(1, 6) }, () => draw.integer(0, 59))
      const range = draw.integer(0, 40)
      const read = [...plan.map((at) => all[at]!), ...all.slice(0, range)]
      const keys = read.length
      const bytes = read.reduce((sum, [key, value]) => sum + prefix + key.length + value.length, 0)
      const limited = draw.pick(['keys', 'bytes'] as const)
      const used = limited === 'keys' ? keys : bytes
      const limit = Math.max(0, used + draw.integer(-2, 2))
      const mark = `mark ${seed}`
      const budget: Budget = { [limited]: limit }
      const run = scope.doTransaction(
        async (tn) => {
          tn.set(mark, '')
          for (const at of plan) await tn.get(all[at]![0])
          if (range > 0) await tn.getRangeAll('0000', all[range - 1]![0] + '\0')
        },
        { budget },
      )
      const error = await run.then(
        () => undefined,
        (problem: unknown) => problem,
      )
      if (used <= limit) expect(error, `seed ${seed}`).toBeUndefined()
      else
        expect(error, `seed ${seed}`).toMatchObject({ limited, limit, name: 'BudgetExceededError' })
      expect(await scope.exists(mark), `seed ${seed}`).toBe(used <= limit)
    }
  })

  test('counts each attempt for itself, and stops one that swallows the error', async () => {
    const scope = typed('attempts')
    await fill(scope, 3)
    let attempts = 0
    await scope.doTransaction(
      async (tn) => {
        for (const key of ['0000', '0001', '0002']) await tn.get(key)
        if (++attempts < 3) throw new FDBError(1020)
      },
      { budget: { keys: 3 } },
    )
    expect(attempts).toBe(3)
    const swallowed = scope.doTransaction(
      async (tn) => {
        for (const key of ['0000', '0001']) await tn.get(key).catch(() => undefined)
        tn.set('written', '')
      },
      { budget: { keys: 1 } },
    )
    await expect(swallowed).rejects.toBeInstanceOf(BudgetExceededError)
    expect(await scope.exists('written')).toBe(false)
  })

  test('stops what runs for too long, also while it waits', async () => {
    const waits = database.doTransaction(
      (tn) => tn.watch('never', { keepAlive: true, throwAllErrors: true }).promise,
      { budget: { milliseconds: 1 } },
    )
    await expect(waits).rejects.toMatchObject({ limited: 'milliseconds', limit: 1 })
    const elsewhere = database.doTransaction(() => new Promise(() => undefined), {
      budget: { milliseconds: 1 },
    })
    await expect(elsewhere).rejects.toMatchObject({ limited: 'milliseconds', limit: 1 })
  })

  test('takes only what it knows', async () => {
    const run = (budget: object) => database.doTransaction(() => 1, { budget })
    await expect(run({ rows: 1 })).rejects.toThrow(TypeError)
    await expect(run({ keys: '1' })).rejects.toThrow(TypeError)
    await expect(run({ keys: -1 })).rejects.toThrow(TypeError)
  })
})
