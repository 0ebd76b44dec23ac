import fc from 'fast-check'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { encoders } from '../../src/index.ts'
import { LeaseLostError, PriorityQueue, Queue } from '../../src/recipes/index.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { ClusterClock } from './cluster-clock.ts'
import { QueueProgram, anyProgram } from './queue-model.ts'

const clock = new ClusterClock()
const db = openTestDatabase()
let scopes = 0
const newScope = () => db.at(`${scopes++}/`)
afterAll(async () => {
  vi.restoreAllMocks()
  await db.clearRange('', Buffer.of(0xff))
  db.close()
})

test('a queue with delays, leases and dead letters is what a list in memory is', async () => {
  await fc.assert(
    fc.asyncProperty(anyProgram, (program) =>
      new QueueProgram(newScope(), clock, program, true).run(),
    ),
    { numRuns: backend.name === 'engine' ? 60 : 10 },
  )
})

describe('a queue', () => {
  const newQueue = () => new Queue(newScope().withValueEncoding(encoders.string), { maxTries: 1 })

  test.each<[string, (queue: Queue<string>) => unknown, RegExp]>([
    ['a delay of text', (queue) => queue.push('a', { delay: '1' as never }), /^delay is a number/],
    ['a negative delay', (queue) => queue.push('a', { delay: -1 }), /^delay is a number/],
    ['an endless delay', (queue) => queue.pushAll(['a'], { delay: Infinity }), /^delay/],
    ['a text as a batch', (queue) => queue.pushAll('abc' as never), /^values must be an array/],
    ['a wrong value', (queue) => queue.pushAll(['a', 1 as never]), /^value must be/],
    ['a wait of NaN', (queue) => queue.pop({ wait: NaN }), /^wait is a number from 0, or Infinity/],
    ['a negative wait', (queue) => queue.receive({ wait: -1 }), /^wait/],
    ['another signal', (queue) => queue.pop({ signal: {} as never }), /^signal/],
    ['no lease', (queue) => queue.receive({ leaseMilliseconds: 0 }), /^leaseMilliseconds/],
    ['no tries', () => new Queue(newScope(), { maxTries: 0 }), /^maxTries is an integer/],
    ['half a try', () => new Queue(newScope(), { maxTries: 1.5 }), /^maxTries/],
    ['a lease of NaN', () => new Queue(newScope(), { leaseMilliseconds: NaN }), /^leaseM/],
  ])('refuses %s with a TypeError, and changes nothing', async (_, call, message) => {
    const queue = newQueue()
    await queue.push('there')
    const error = await new Promise((resolve) => resolve(call(queue))).catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(TypeError)
    expect((error as TypeError).message).toMatch(message)
    expect(await queue.length()).toBe(1)
  })

  test('gives a leased message to nobody else, and the others in the meantime', async () => {
    const queue = newQueue()
    await queue.pushAll(['a', 'b'])
    const [first, second] = [await queue.receive(), await queue.receive()]
    expect([first?.value, second?.value]).toEqual(['a', 'b'])
    expect(await queue.receive()).toBeUndefined()
    expect(await queue.pop()).toBeUndefined()
    expect(await queue.length()).toBe(0)
  })

  test('keeps what a transaction settled or took that was not committed', async () => {
    const queue = newQueue()
    await queue.pushAll(['a', 'b'])
    const message = await queue.receive()
    const failed = db.doTransaction(async (tn) => {
      await message!.ackIn(tn)
      expect(await queue.popIn(tn)).toBe('b')
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await queue.peek()).toBe('b')
    await message!.ack()
    await expect(message!.ack()).rejects.toBeInstanceOf(LeaseLostError)
  })

  test('refuses the commit of who works on with a lease that ran out and was taken', async () => {
    const scope = newScope().withValueEncoding(encoders.string)
    const queue = new Queue(scope, { maxTries: 3, leaseMilliseconds: 1000 })
    await queue.push('a')
    const slow = await queue.receive()
    using tn = db.createTransaction()
    await slow!.ackIn(tn)
    tn.at(scope).set('work', 'of the slow one')
    clock.advance(1000)
    const quick = await queue.receive()
    expect(quick).toMatchObject({ value: 'a', tries: 2 })
    await expect(tn.commit()).rejects.toMatchObject({ code: 1020 })
    await expect(slow!.extend()).rejects.toBeInstanceOf(LeaseLostError)
    await expect(slow!.nack()).rejects.toBeInstanceOf(LeaseLostError)
    await quick!.ack()
    expect(await queue.length()).toBe(0)
  })

  test('lets what cannot be decoded be settled, and keeps it from a pop', async () => {
    const scope = newScope()
    await new Queue(scope).push('{')
    const queue = new Queue(scope.withValueEncoding(encoders.json), { maxTries: 1 })
    await expect(queue.pop()).rejects.toThrow()
    expect(await queue.length()).toBe(1)
    const message = await queue.receive()
    expect(() => message!.value).toThrow()
    await message!.nack()
    expect(await queue.isEmpty()).toBe(true)
    expect(await new Queue(scope).deadLetters.pop()).toEqual(Buffer.from('{'))
  })

  test('takes dead letters back in one transaction', async () => {
    const queue = newQueue()
    await queue.push('a')
    await (await queue.receive())!.nack()
    expect(await queue.deadLetters.length()).toBe(1)
    await db.doTransaction(async (tn) => {
      const value = await queue.deadLetters.popIn(tn)
      if (value !== undefined) queue.pushIn(tn, value)
    })
    expect(await queue.deadLetters.isEmpty()).toBe(true)
    expect(await queue.pop()).toBe('a')
  })
})

test('a priority queue is empty as long as nothing can be popped', async () => {
  const property = fc.asyncProperty(fc.array(fc.option(fc.integer())), async (steps) => {
    const queue = new PriorityQueue(newScope().withValueEncoding(encoders.string))
    let length = 0
    for (const priority of steps) {
      if (priority !== null) await queue.push(priority, 'a')
      else await queue.pop()
      length = Math.max(0, length + (priority !== null ? 1 : -1))
      expect(await queue.isEmpty()).toBe(length === 0)
    }
  })
  await fc.assert(property, { numRuns: 20 })
})
