// What waits for a queue, and what becomes of it when it is given up. Time is an environment's that stands still.
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { encoders, openEmbedded } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { Queue } from '../../src/recipes/index.ts'
import type { PopOptions } from '../../src/recipes/index.ts'
import { ClusterClock } from './cluster-clock.ts'

const clock = new DeterministicEnvironment({ seed: 1 })
const db = openEmbedded({ environment: clock })
afterEach(() => void vi.restoreAllMocks())
afterAll(() => db.close())

let scopes = 0
const newScope = () => db.at(`${scopes++}/`).withValueEncoding(encoders.string)
const newQueue = () => new Queue(newScope())

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A turn in which the database answers, too: however busy the machine is, turns of these alone go no faster than work. */
async function wholeTurn(): Promise<void> {
  await turn()
  await db.get('turn')
}

/** Turns of the event loop until somebody waits for the clock. */
async function untilItWaits(): Promise<void> {
  for (let turns = 0; turns < 1000 && clock.isIdle; turns++) await wholeTurn()
  expect(clock.isIdle, 'somebody waits').toBe(false)
}

/** Both ways to take a value. */
const ways = {
  pop: (queue: Queue<string>, options: PopOptions) => queue.pop(options),
  receive: async (queue: Queue<string>, options: PopOptions) => {
    const message = await queue.receive(options)
    const value = message?.value
    await message?.ack()
    return value
  },
} as const
const names = ['pop', 'receive'] as const

describe.each(names)('%s that waits', (name) => {
  const take = ways[name]

  test.each<[string, (queue: Queue<string>) => Promise<unknown>]>([
    ['a push', (queue) => queue.push('a')],
    ['a batch', (queue) => queue.pushAll(['a'])],
    ['a push within a transaction', (queue) => db.doOneshot((tn) => queue.pushIn(tn, 'a'))],
  ])('is woken by %s', async (_, push) => {
    const queue = newQueue()
    const began = clock.now()
    const waiting = take(queue, { wait: Infinity })
    await untilItWaits()
    await push(queue)
    expect(await waiting).toBe('a')
    expect(clock.now()).toBe(began)
    expect(clock.isIdle, 'no timer is left').toBe(true)
  })

  test('is woken by a message that another one gives back', async () => {
    const queue = newQueue()
    await queue.push('a')
    const message = await queue.receive({ leaseMilliseconds: 1e9 })
    const began = clock.now()
    const waiting = take(queue, { wait: Infinity })
    await untilItWaits()
    await message!.nack()
    expect(await waiting).toBe('a')
    expect(clock.now()).toBe(began)
  })

  test.each(['a delay', 'a lease'])('is woken by the end of %s, in time', async (kind) => {
    const cluster = new ClusterClock()
    const queue = newQueue()
    await queue.push('a', { delay: kind === 'a delay' ? 5000 : 0 })
    if (kind === 'a lease') await queue.receive({ leaseMilliseconds: 5000 })
    const began = clock.now()
    const waiting = take(queue, { wait: Infinity })
    await untilItWaits()
    cluster.advance(5000)
    expect(clock.step()).toBe(true)
    expect(await waiting).toBe('a')
    expect(clock.now() - began).toBeGreaterThan(0)
    expect(clock.now() - began).toBeLessThanOrEqual(5000)
  })

  test('looks again when nothing has told it anything for a minute', async () => {
    const scope = newScope()
    const queue = new Queue(scope)
    const waiting = take(queue, { wait: Infinity })
    await untilItWaits()
    // As a version of the package without a bell does.
    const items = scope.at('', encoders.tuple)
    const stamp = { type: 'versionstamp', value: Buffer.alloc(12, 1) } as const
    await items.set(['item', stamp], 'a')
    expect(clock.step()).toBe(true)
    expect(await waiting).toBe('a')
  })

  test('gives undefined at the end of its time, and not before', async () => {
    const queue = newQueue()
    const began = clock.now()
    let ended = false
    const waiting = take(queue, { wait: 5000 }).finally(() => (ended = true))
    for (let turns = 0; turns < 50; turns++) await wholeTurn()
    expect(ended).toBe(false)
    expect(clock.step()).toBe(true)
    expect(await waiting).toBeUndefined()
    expect(clock.now() - began).toBe(5000)
    await queue.push('a')
    await queue.sweep()
    expect(await queue.pop()).toBe('a')
    expect(clock.isIdle, 'no timer is left').toBe(true)
  })

  test('ends by its signal or its time at once, also when the cluster does not answer', async () => {
    for (const isTime of [false, true]) {
      const queue = newQueue()
      await queue.push('a')
      const controller = new AbortController()
      const reason = new Error('enough')
      let answer: (() => void) | undefined
      const answered = new Promise<void>((resolve) => (answer = resolve))
      const original = TransactionHandle.prototype.getReadVersion
      vi.spyOn(TransactionHandle.prototype, 'getReadVersion').mockImplementation(function (
        this: TransactionHandle,
      ) {
        return answered.then(() => original.call(this)) as never
      })
      const waiting = isTime
        ? take(queue, { wait: 1000 })
        : take(queue, { wait: Infinity, signal: controller.signal })
      await turn()
      if (isTime) expect(clock.step()).toBe(true)
      else controller.abort(reason)
      if (isTime) expect(await waiting).toBeUndefined()
      else await expect(waiting).rejects.toBe(reason)
      // The answer comes after all: what it takes is put back.
      answer!()
      await queue.sweep()
      expect(await queue.length()).toBe(1)
      const message = await queue.receive()
      expect(message).toMatchObject({ value: 'a', tries: 1 })
      vi.restoreAllMocks()
    }
  })

  test('is refused when its signal has aborted, and takes nothing', async () => {
    const queue = newQueue()
    await queue.push('a')
    const signal = AbortSignal.abort(new Error('before'))
    await expect(take(queue, { signal })).rejects.toThrow('before')
    expect(await queue.length()).toBe(1)
  })
})

test('what is given up at any moment loses nothing, and takes nothing twice', async () => {
  const anyTaker = fc.record({
    name: fc.constantFrom(...names),
    /** Turns of the event loop until it is given up; the database answers in each third. */
    patience: fc.nat(60),
  })
  const program = fc.record({ takers: fc.array(anyTaker, { maxLength: 8 }), pushes: fc.nat(6) })
  let [givenUp, taken] = [0, 0]
  await fc.assert(
    fc.asyncProperty(program, async ({ takers, pushes }) => {
      const queue = newQueue()
      const got: string[] = []
      const work = takers.map(async ({ name, patience }) => {
        const controller = new AbortController()
        const { signal } = controller
        const taking = ways[name](queue, { wait: Infinity, signal })
        const settled = taking.then(
          (value) => got.push(value!),
          (error: Error) => {
            if (error.name === 'AbortError') givenUp++
            else throw error
          },
        )
        for (let turns = 1; turns <= patience; turns++) await (turns % 3 ? turn() : wholeTurn())
        controller.abort()
        await settled
      })
      const pushed = Array.from({ length: pushes }, (_, at) => `item ${at}`)
      for (const value of pushed) await queue.push(value)
      await Promise.all(work)
      await queue.sweep()
      taken += got.length
      expect(await queue.length()).toBe(pushes - got.length)
      for (;;) {
        const value = await queue.pop()
        if (value === undefined) break
        got.push(value)
      }
      expect(got.sort()).toEqual(pushed)
    }),
    { numRuns: 60 },
  )
  expect(givenUp).toBeGreaterThan(0)
  expect(taken).toBeGreaterThan(0)
})

test('sweep tells when what was taken could not be put back', async () => {
  const queue = newQueue()
  await queue.push('a')
  const controller = new AbortController()
  const original = TransactionHandle.prototype.getReadVersion
  let answer: (() => void) | undefined
  const answered = new Promise<void>((resolve) => (answer = resolve))
  vi.spyOn(TransactionHandle.prototype, 'getReadVersion').mockImplementationOnce(function (
    this: TransactionHandle,
  ) {
    return answered.then(() => original.call(this)) as never
  })
  const waiting = queue.pop({ signal: controller.signal })
  await turn()
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  const atomicOp = vi.spyOn(TransactionHandle.prototype, 'atomicOp').mockImplementation(() => {
    throw new Error('nothing can be written')
  })
  answer!()
  await expect(queue.sweep()).rejects.toThrow('nothing can be written')
  atomicOp.mockRestore()
  await queue.sweep()
})

describe('a loop', () => {
  test('over values ends when it is left or aborted, and leaves the rest', async () => {
    const queue = newQueue()
    await queue.pushAll(['a', 'b', 'c', 'd'])
    const seen: string[] = []
    for await (const value of queue) {
      seen.push(value)
      if (value === 'b') break
    }
    const controller = new AbortController()
    for await (const value of queue.values({ signal: controller.signal })) {
      seen.push(value)
      controller.abort()
    }
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(await queue.peek()).toBe('d')
    for await (const _ of queue.values({ signal: controller.signal })) expect.fail('it ended')
  })

  test('over messages waits for them, and leaves what is not settled', async () => {
    const queue = newQueue()
    const controller = new AbortController()
    const seen: [string, number][] = []
    const loop = (async () => {
      for await (const message of queue.consume({ signal: controller.signal })) {
        seen.push([message.value, message.tries])
        if (message.value !== 'b') await message.ack()
        else if (message.tries === 1) await message.nack()
        else controller.abort()
      }
    })()
    await untilItWaits()
    await queue.pushAll(['a', 'b'])
    await loop
    expect(seen).toEqual([
      ['a', 1],
      ['b', 1],
      ['b', 2],
    ])
    expect(await queue.isEmpty()).toBe(true)
    await queue.sweep()
  })
})
