// Reads of an owner, on a client that answers in every way there is: each owner is told once what a read of its own would
// be told, or nothing when it dropped the read, and nothing is left.
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { AskedRead, ReadOwner } from '../../src/future/handles/owned-read.ts'
import { census } from '../../src/future/owners/census.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { FDBBusyError, FDBError } from '../../src/native/errors/errors.ts'
import { listenAgain, whileNobodyListens } from '../support/listeners.ts'
import { turnUntil } from './fake-client.ts'
import { useFakeDatabase } from './fake-database.ts'

const state = useFakeDatabase()
whileNobodyListens()

class Told<T> implements ReadOwner<T> {
  readonly values: T[] = []
  readonly errors: unknown[] = []

  answered(value: T): void {
    this.values.push(value)
  }

  failed(error: unknown): void {
    this.errors.push(error)
  }

  get isTold(): boolean {
    return this.values.length + this.errors.length > 0
  }
}

type Values = (Buffer | undefined)[]

const anyKey = fc
  .tuple(
    fc.constantFrom('q', 'o', 'i', 'h'),
    fc.oneof(
      { arbitrary: fc.constant('none'), weight: 2 },
      { arbitrary: fc.integer({ min: 1000, max: 1009 }).map((code) => `err:${code}`), weight: 1 },
      { arbitrary: fc.constantFrom('big:0', 'big:700', 'big:70000'), weight: 1 },
      { arbitrary: fc.nat({ max: 9 }).map((number) => `key${number}`), weight: 8 },
    ),
  )
  .map(([way, what]) => way + what)

const anyBatch = fc.record({
  keys: fc.array(anyKey, { minLength: 1, maxLength: 12 }),
  drop: fc.constantFrom('never', 'never', 'at once', 'in a microtask', 'in a turn'),
})
type Batch = typeof anyBatch extends fc.Arbitrary<infer T> ? T : never

const valueOf = (key: string): string | undefined => {
  if (key.endsWith('none')) return undefined
  const big = /big:(\d+)/.exec(key)?.[1]
  return big === undefined ? key : 'x'.repeat(Number(big))
}

/** What the first of several reads to fail may say. */
const errorsOf = (keys: readonly string[]): [number, string][] =>
  keys.flatMap((key): [number, string][] => {
    const code = /err:(\d+)/.exec(key)?.[1]
    return code === undefined ? [] : [[Number(code), key]]
  })

async function dropWhen(drop: Batch['drop'], read: AskedRead): Promise<void> {
  if (drop === 'in a microtask') await Promise.resolve()
  if (drop === 'in a turn') await new Promise((resolve) => setImmediate(resolve))
  read.drop()
  read.drop()
}

function check({ keys }: Batch, told: Told<Values>): void {
  const failures = errorsOf(keys)
  if (failures.length === 0) {
    expect(told.errors).toEqual([])
    expect(told.values.map((values) => values.map((value) => value?.toString()))).toEqual([
      keys.map(valueOf),
    ])
    return
  }
  expect(told.values).toEqual([])
  const [error] = told.errors as [FDBError]
  expect(told.errors).toHaveLength(1)
  expect(error).toBeInstanceOf(FDBError)
  expect(error.operation).toBe('get')
  expect(failures).toContainEqual([error.code, Buffer.from(error.key!).toString()])
}

async function checkBatches(batches: readonly Batch[]): Promise<void> {
  const ring = ringOfWorker()
  const before = [census().handles, ring.liveSlots, ring.holding]
  const asked = batches.map((batch) => {
    const told = new Told<Values>()
    const keys = batch.keys.map((key) => Buffer.from(key))
    const read = state.transaction.getMany(keys, false, told)
    const dropped = batch.drop === 'never' ? Promise.resolve() : dropWhen(batch.drop, read)
    return { batch, told, dropped }
  })
  await Promise.all(asked.map(({ dropped }) => dropped))
  await turnUntil(() => {
    state.fake.releaseHeld()
    return asked.every(({ batch, told }) => batch.drop !== 'never' || told.isTold)
  })
  for (const { batch, told } of asked) {
    if (batch.drop === 'never' || told.isTold) check(batch, told)
    if (batch.drop === 'at once') expect(told.isTold).toBe(false)
  }
  await turnUntil(() => {
    ring.flush()
    state.fake.releaseHeld()
    return state.fake.futuresAlive() === 0
  })
  await turnUntil(() => census().handles === before[0] && ring.liveSlots === before[1])
  expect([census().handles, ring.liveSlots, ring.holding]).toEqual(before)
}

test('several gets are one operation of the ring', async () => {
  const before = state.fake.callbacksSet()
  const submit = vi.spyOn(ringOfWorker(), 'submit')
  const told = new Told<Values>()
  state.transaction.getMany([Buffer.from('qa'), Buffer.from('qb')], false, told)
  expect(submit).toHaveBeenCalledTimes(1)
  submit.mockRestore()
  await turnUntil(() => told.isTold)
  expect(state.fake.callbacksSet() - before).toBe(2)
})

test('several gets are one answer, the values of all or the first error with its key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyBatch, { minLength: 1, maxLength: 6 }), checkBatches),
    { numRuns: 300 },
  )
})

test('so they are where each is to be seen by itself', async () => {
  listenAgain()
  await fc.assert(
    fc.asyncProperty(fc.array(anyBatch, { minLength: 1, maxLength: 4 }), checkBatches),
    { numRuns: 50 },
  )
})

test('a value keeps no more than 64 KiB alive, or what Node makes small buffers of', async () => {
  const told = new Told<Values>()
  const keys = ['qsmall', 'qbig:80000'].map((key) => Buffer.from(key))
  state.transaction.getMany(keys, true, told)
  await turnUntil(() => told.isTold)
  // Node 26 makes them of 64 KiB, and some bytes for their alignment.
  const most = Math.max(1 << 16, Buffer.poolSize + 64)
  expect(told.values[0]?.[0]?.buffer.byteLength).toBeLessThanOrEqual(most)
})

test('they count as so many operations, and leave nothing where there is no room', async () => {
  const ring = ringOfWorker()
  const told = new Told<Values>()
  const keys = Array.from({ length: 200 }, () => Buffer.from('hkey'))
  const before = ring.liveSlots
  const read = state.transaction.getMany(keys, false, told)
  expect(ring.liveSlots - before).toBe(200)
  const rest = (1 << 18) - ring.liveSlots - 199
  ring.occupy(rest)
  const handles = census().handles
  expect(() => state.transaction.getMany(keys, false, told)).toThrow(FDBBusyError)
  expect([census().handles, ring.liveSlots - rest - before]).toEqual([handles, 200])
  ring.vacate(rest)
  read.drop()
  await state.fake.settle()
  expect(told.isTold).toBe(false)
})

test('what is no key is refused before anything is asked', () => {
  const ring = ringOfWorker()
  const before = [census().handles, ring.liveSlots, ring.holding]
  const told = new Told<Values>()
  for (const key of [undefined, null, 5, 'text', {}]) {
    const keys = [Buffer.from('qa'), key as Uint8Array]
    expect(() => state.transaction.getMany(keys, false, told)).toThrow(TypeError)
  }
  expect([census().handles, ring.liveSlots, ring.holding]).toEqual(before)
})

test('the end of their transaction fails them, and its owner is told once', async () => {
  for (const end of ['cancel', 'destroy', 'reset'] as const) {
    const transaction = state.database.createTransaction()
    state.fake.beSilent(true)
    const told = new Told<Values>()
    transaction.getMany([Buffer.from('qa'), Buffer.from('qb')], false, told)
    ringOfWorker().flush()
    transaction[end]()
    await turnUntil(() => told.isTold)
    state.fake.beSilent(false)
    expect(told.values).toEqual([])
    expect((told.errors as FDBError[]).map(({ code }) => code)).toEqual([1025])
    transaction[Symbol.dispose]()
    await state.fake.settle()
  }
})
