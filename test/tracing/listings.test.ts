import { describe, expect, it } from 'vitest'
import { openEmbedded } from '../../src/index.ts'
import { traceReads } from '../../src/tracing/demo.ts'
import { eventText, traceText } from '../../src/tracing/index.ts'
import { FakeFuture } from '../task/helpers.ts'

/** The listings of seed 000, event for event, each with the place it comes from. */
const firstPoll = `wake true // fdbwaker_wake
clone // fdbwaker_wake
 POLL // FdbFuture::Poll
clone // FdbFuture::Poll
 REGISTER // FdbFuture::Poll
 PENDING // FdbFuture::Poll
PENDING // fdbwaker_wake
drop // fdbwaker_wake
drop // fdb_spawn`

const callbackThatReachesASecondFuture = `wake true // fdbwaker_wake
clone // fdbwaker_wake
 POLL // FdbFuture::Poll
 READY // FdbFuture::Poll
 POLL // FdbFuture::Poll
clone // FdbFuture::Poll
 REGISTER // FdbFuture::Poll
 PENDING // FdbFuture::Poll
PENDING // fdbwaker_wake
drop // fdbwaker_wake
drop // fdb_future_callback`

const callbackThatEndsTheTask = `wake true // fdbwaker_wake
clone // fdbwaker_wake
 POLL // FdbFuture::Poll
 READY // FdbFuture::Poll
READY // FdbFuture::Poll
drop // fdbwaker_wake
drop // fdb_future_callback
DROPPED // FDBWaker::drop`

describe('the listings of seed 000', () => {
  it('on the engine: a task with one future, and one with two', async () => {
    const db = openEmbedded()
    await db.doTransaction(async (tn) => {
      const one = await traceReads(() => tn.get('key'), 1)
      expect(one.map((listing) => traceText(listing))).toEqual([firstPoll, callbackThatEndsTheTask])
      const two = await traceReads(() => tn.get('key'), 2)
      expect(two.map((listing) => traceText(listing))).toEqual([
        firstPoll,
        callbackThatReachesASecondFuture,
        callbackThatEndsTheTask,
      ])
    })
    db.close()
  })

  it('any number of futures: the middle listing repeats, and the counts balance', async () => {
    const reads = 7
    const futures: FakeFuture<void>[] = []
    const tracing = traceReads(() => {
      const future = new FakeFuture<void>()
      futures.push(future)
      return future
    }, reads)
    for (let at = 0; at < reads; at++) futures[at]?.complete()
    const all = await tracing
    expect(all.map((listing) => traceText(listing))).toEqual([
      firstPoll,
      ...Array.from({ length: reads - 1 }, () => callbackThatReachesASecondFuture),
      callbackThatEndsTheTask,
    ])
    const events = all.flat()
    const count = (type: string): number => events.filter((event) => event.type === type).length
    // The first reference is made with the task.
    expect(count('drop')).toBe(count('clone') + 1)
    expect(events.at(-1)?.refCount).toBe(0)
  })

  it('reference counts are those that the seed tells: 2 in the first poll, 3 once registered, 1 after', async () => {
    const future = new FakeFuture<void>()
    const tracing = traceReads(() => future, 1)
    future.complete()
    const [first, last] = await tracing
    const counts = (listing: typeof first): string[] =>
      (listing ?? []).map((event) => `${eventText(event).split(' // ')[0]} ${event.refCount}`)
    expect(counts(first)).toEqual([
      'wake true 1',
      'clone 2',
      ' POLL 2',
      'clone 3',
      ' REGISTER 3',
      ' PENDING 3',
      'PENDING 3',
      'drop 2',
      'drop 1',
    ])
    expect(counts(last)).toEqual([
      'wake true 1',
      'clone 2',
      ' POLL 2',
      ' READY 2',
      'READY 2',
      'drop 1',
      'drop 0',
      'DROPPED 0',
    ])
  })
})
