// What calls and futures tell of themselves to who listens: of what, of which key, and how it ended.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIFECYCLE_CHANNEL, type LifecycleEvent } from '../../src/future/wakers/lifecycle.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import type { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { turnUntil } from './fake-client.ts'
import { useFakeDatabase } from './fake-database.ts'
import { TestWaker } from './test-waker.ts'

const made = useFakeDatabase()

async function told(use: () => Promise<void>): Promise<LifecycleEvent[]> {
  const events: LifecycleEvent[] = []
  const listen = (message: unknown): void => void events.push(message as LifecycleEvent)
  subscribe(LIFECYCLE_CHANNEL, listen)
  try {
    await use()
  } finally {
    unsubscribe(LIFECYCLE_CHANNEL, listen)
  }
  return events
}

const bytes = (text: string): Buffer => Buffer.from(text)
const from = (text: string) => ({ key: bytes(text), orEqual: false, offset: 1 })

/** What an event says besides its time and its number. */
const said = ({ type, place, operation, key, endKey, error, waitsFor }: LifecycleEvent) => ({
  ...{ type, place },
  ...(operation !== undefined && { operation }),
  ...(key !== undefined && { key: String(Buffer.from(key)) }),
  ...(endKey !== undefined && { endKey: String(Buffer.from(endKey)) }),
  ...(error !== undefined && { error }),
  ...(waitsFor !== undefined && { waitsFor }),
})

type Call = (transaction: TransactionHandle) => unknown
interface Kind {
  readonly call: Call
  readonly key?: string
  readonly endKey?: string
}

const READS: Record<string, Kind> = {
  get: { call: (tn) => tn.get(bytes('qa')), key: 'qa' },
  getKey: { call: (tn) => tn.getKey(bytes('qa'), true, 1), key: 'qa' },
  getRange: { call: (tn) => tn.getRange(from('qa'), from('qb')), key: 'qa', endKey: 'qb' },
  getMappedRange: {
    call: (tn) => tn.getMappedRange(from('qa'), from('qb'), bytes('m')),
    ...{ key: 'qa', endKey: 'qb' },
  },
  getReadVersion: { call: (tn) => tn.getReadVersion() },
  commit: { call: (tn) => tn.commit() },
  watch: { call: (tn) => tn.watch(bytes('qa')), key: 'qa' },
  getAddressesForKey: { call: (tn) => tn.getAddressesForKey(bytes('qa')), key: 'qa' },
}
const WRITES: Record<string, Kind> = {
  set: { call: (tn) => tn.set(bytes('qa'), bytes('v')), key: 'qa' },
  clear: { call: (tn) => tn.clear(bytes('qa')), key: 'qa' },
  clearRange: { call: (tn) => tn.clearRange(bytes('qa'), bytes('qb')), key: 'qa', endKey: 'qb' },
  atomicOp: { call: (tn) => tn.atomicOp(2, bytes('qa'), bytes('v')), key: 'qa' },
}

describe('a call', () => {
  const named = (operation: string, { key, endKey }: Kind) => ({
    ...{ place: `TransactionHandle::${operation}`, operation },
    ...(key !== undefined && { key }),
    ...(endKey !== undefined && { endKey }),
  })

  test.each(Object.entries(READS))(
    'tells that it is %s, and of which key',
    async (operation, kind) => {
      using transaction = made.database.createTransaction()
      const events = await told(async () => {
        const future = kind.call(transaction) as PromiseLike<unknown>
        await future
      })
      const waitsFor = `${operation} of a database`
      const place = 'FdbFuture::Poll'
      expect(events.map(said)).toEqual([
        { type: 'call', ...named(operation, kind) },
        { type: 'poll', place },
        { type: 'register', place },
        { type: 'pending', place, waitsFor },
        { type: 'callback', place: 'fdb_future_callback' },
        { type: 'ready', place },
      ])
      expect(new Set(events.map(({ futureId }) => futureId)).size).toBe(1)
    },
  )

  test.each(Object.entries(WRITES))(
    'tells that it is %s, and of which key',
    async (operation, kind) => {
      using transaction = made.database.createTransaction()
      const events = await told(async () => void kind.call(transaction))
      expect(events.map(said)).toEqual([{ type: 'write', ...named(operation, kind) }])
      expect(events[0]!.futureId).toBe(0)
    },
  )
})

describe('a future', () => {
  const answer = fc.constantFrom('none', 'value', 'err:1007', 'err:2000', 'err:1101')
  const names: Record<string, string> = {
    'err:1007': 'transaction_too_old (1007)',
    'err:2000': 'client_invalid_operation (2000)',
    'err:1101': 'operation_cancelled (1101)',
  }
  const way = fc.constantFrom('then', 'poll', 'then, late', 'poll, late')

  test('tells how it ended, to whoever waits in whichever way', async () => {
    await fc.assert(
      fc.asyncProperty(answer, way, async (what, how) => {
        const future = made.get(`q${what}`)
        const late = how.endsWith('late')
        // Who asks late finds it ready.
        if (late) await future.then(undefined, () => undefined)
        const waker = new TestWaker()
        const polled = (): void => {
          try {
            future.poll(waker)
          } catch {
            // Its error, which the events tell.
          }
        }
        const events = await told(async () => {
          if (how.startsWith('then')) await future.then(undefined, () => undefined)
          else {
            polled()
            await turnUntil(() => future.settled)
            if (!late) polled()
          }
          ringOfWorker().flush()
        })
        const failure = names[what] === undefined ? {} : { error: names[what] }
        const place = 'FdbFuture::Poll'
        const waitsFor = 'get of a database'
        expect(events.map(said)).toEqual([
          { type: 'poll', place },
          ...(late
            ? []
            : [
                { type: 'register', place },
                { type: 'pending', place, waitsFor },
                { type: 'callback', place: 'fdb_future_callback', ...failure },
                ...(how === 'poll' ? [{ type: 'poll', place }] : []),
              ]),
          { type: 'ready', place, ...failure },
        ])
        for (const { futureId } of events) expect(futureId).toBe(future.id)
      }),
      { numRuns: 60 },
    )
  })
})
