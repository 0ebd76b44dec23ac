// Transactions of one call, on a client that answers in every way there is: each owner is told once, and nothing is left.
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { LoneCall, type LoneOwner } from '../../src/future/handles/lone-call.ts'
import { census } from '../../src/future/owners/census.ts'
import { UNREADABLE } from '../../src/future/port/port.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { turnUntil } from './fake-client.ts'
import { useFakeDatabase } from './fake-database.ts'

const state = useFakeDatabase()

class Told implements LoneOwner<Buffer | undefined> {
  readonly outcomes: unknown[] = []

  succeeded(value: Buffer | undefined): void {
    this.outcomes.push(value === undefined ? 'none' : value.toString())
  }

  refused(code: number, call: LoneCall<Buffer | undefined>): void {
    this.outcomes.push(`err:${code}`)
    const handle = call.adopt()
    expect(handle.destroyed).toBe(false)
    handle.destroy()
  }

  failed(error: unknown): void {
    this.outcomes.push(error)
  }
}

const anyWay = fc.constantFrom('q', 'o', 'i')
const anyAnswer = fc.oneof(
  fc.constantFrom('none', 'err:1007', 'err:1020', 'err:2000'),
  fc.nat({ max: 9 }).map((number) => `key${number}`),
)

test('each owner is told once what was answered, and the transaction is given back', async () => {
  const calls = fc.array(fc.tuple(anyWay, anyAnswer), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(calls, async (asked) => {
      const before = census().handles
      const told = asked.map(([way, answer]) => {
        const owner = new Told()
        LoneCall.get(state.database.place, Buffer.from(way + answer), owner)
        return { owner, answer: answer.startsWith('key') ? way + answer : answer }
      })
      expect(ringOfWorker().holding).toBe(asked.length)
      await turnUntil(() => told.every(({ owner }) => owner.outcomes.length > 0))
      for (const { owner, answer } of told) expect(owner.outcomes).toEqual([answer])
      expect(census().handles).toBe(before)
      expect(ringOfWorker().holding).toBe(0)
    }),
  )
})

test('what cannot be read is no value: its owner is told what was thrown', async () => {
  const thrown = new RangeError('unreadable')
  const owners = [new Told(), new Told(), new Told()]
  for (const owner of owners) LoneCall.get(state.database.place, Buffer.from('qkey'), owner)
  // What a ring says then, in place of a code.
  const slots = vi.spyOn(LoneCall.prototype, 'complete').mockImplementation(function (
    this: LoneCall<unknown>,
  ) {
    slots.mockRestore()
    this.complete(UNREADABLE, thrown)
  })
  await turnUntil(() => owners.every(({ outcomes }) => outcomes.length > 0))
  expect(owners.map(({ outcomes }) => outcomes)).toEqual([[thrown], ['qkey'], ['qkey']])
})

test('what is refused before it begins leaves nothing behind', () => {
  const before = [census().handles, ringOfWorker().liveObjects, ringOfWorker().liveSlots]
  const owner = new Told()
  const get = (key: unknown) => () => LoneCall.get(state.database.place, key as Uint8Array, owner)
  for (const key of [undefined, null, 5, 'text', {}]) expect(get(key)).toThrow(TypeError)
  expect([census().handles, ringOfWorker().liveObjects, ringOfWorker().liveSlots]).toEqual(before)
  expect(owner.outcomes).toEqual([])
})
