// Between streams and Fwds: who gives up, and who is told. The rest of the pipes is in stakker.test.ts.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  bounded,
  broadcast,
  ChannelClosedError,
  ChannelFullError,
  fdbSpawn,
  Fwd,
  fwdToStream,
  fwdToStreamResult,
  interval,
  type Maybe,
  PromiseStream,
  Runtime,
  RuntimeDisposedError,
  sleep,
  streamToFwd,
  unbounded,
} from '../../src/task/index.ts'
import { forSeeds, forSeedsAsync } from '../support/seeds.ts'
import { deterministic, Draw } from './helpers.ts'

describe('a stream that a Fwd feeds', () => {
  it('agrees with a model: sends, reads, ends and drops of either side, in any order', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const limit = 1 + draw.below(5)
      const withFailures = draw.chance(0.5)
      const pipe = withFailures
        ? fwdToStreamResult<number>({ limit })
        : fwdToStream<number>({ limit })
      const owners = [pipe.fwd]
      const model = { values: [] as number[], end: '' as '' | 'ended' | 'failed' | 'dropped' }
      let told = 0
      pipe.fwd.onAbandoned(() => told++)
      const listener = pipe.fwd
      let toldOfListener = true
      for (let i = 0; i < 40; i++) {
        const choice = draw.below(10)
        const owner = owners.length === 0 ? undefined : draw.pick(owners)
        if (choice <= 3 && owner !== undefined) {
          const attempt = (): void => owner.fwd({ value: i })
          if (model.end === 'dropped') expect(attempt).toThrow(ChannelClosedError)
          else if (model.end === '' && model.values.length === limit) {
            expect(attempt).toThrow(ChannelFullError)
          } else {
            attempt()
            if (model.end === '') model.values.push(i)
          }
        } else if (choice <= 6) {
          const isRead = model.values.length > 0 || model.end !== ''
          if (!isRead || (model.end === 'failed' && model.values.length === 0)) continue
          const next = fdbSpawn<unknown>(pipe.stream.next()).result()
          const value = model.values.shift()
          const expected = withFailures ? { ok: true, value } : value
          expect(next).toEqual(
            value === undefined
              ? { done: true, value: undefined }
              : { done: false, value: expected },
          )
        } else if (choice === 7 && owner !== undefined) {
          owners.push(owner.clone())
        } else if (choice === 8 && owner !== undefined) {
          owners.splice(owners.indexOf(owner), 1)
          owner.drop()
          if (owner === listener) toldOfListener = false
          if (owners.length === 0 && model.end === '') model.end = 'failed'
        } else if (choice === 9) {
          if (draw.chance(0.3) && owner !== undefined && model.end !== 'dropped') {
            owner.fwd(undefined)
            model.end ||= 'ended'
          } else if (draw.chance(0.4)) {
            pipe.stream.drop()
            model.values = []
            const wasOpen = model.end === ''
            model.end ||= 'dropped'
            expect(told).toBe(wasOpen && toldOfListener ? 1 : model.end === 'dropped' ? told : 0)
          }
        }
        for (const each of owners) expect(each.isWanted).toBe(model.end !== 'dropped')
      }
      for (const each of owners) each.drop()
      pipe.stream.drop()
      expect(told).toBeLessThan(2)
    })
  })

  it('drops its refill with it, ends who waits, and tells who asks afterwards at once', () => {
    let gone = 0
    const refill = new Fwd<void>(
      () => undefined,
      () => gone++,
    )
    const { fwd, stream } = fwdToStream<number>({ refill })
    const waiting = fdbSpawn(stream.next())
    stream[Symbol.dispose]()
    expect(waiting.result()).toEqual({ done: true, value: undefined })
    expect(gone).toBe(1)
    let told = 0
    fwd.onAbandoned(() => told++)
    expect(told).toBe(1)
    expect(() => fwd.fwd({ value: 5 })).toThrow(expect.objectContaining({ unsent: { value: 5 } }))
    fwd.drop()
    expect(() => fwd.onAbandoned(() => undefined)).toThrow(/was dropped/)
  })

  it('holds a million values unless it is told otherwise, and no nonsense', () => {
    for (const limit of [0, -1, NaN]) expect(() => fwdToStream({ limit })).toThrow(RangeError)
    const { fwd, stream } = fwdToStream<number>()
    for (let n = 0; n < 1_000_000; n++) fwd.fwd({ value: n })
    expect(() => fwd.fwd({ value: -1 })).toThrow(ChannelFullError)
    // It goes on.
    expect(fdbSpawn(stream.next()).result()).toEqual({ done: false, value: 0 })
    fwd.fwd({ value: 1_000_000 })
    stream.drop()
    fwd.drop()
  })

  it('works with for await: to its end, to a failure, and until the loop is left', async () => {
    const { fwd, stream } = fwdToStream<number>()
    for (const value of [1, 2, 3]) fwd.fwd({ value })
    fwd.fwd(undefined)
    const all: unknown[] = []
    for await (const value of stream) all.push(value)
    expect(all).toEqual([1, 2, 3])
    fwd.drop()

    const failing = fwdToStreamResult<number>()
    failing.fwd.fwd({ value: 1 })
    failing.fwd.drop()
    const results: unknown[] = []
    for await (const result of failing.stream)
      results.push(result.ok ? result.value : result.error.name)
    expect(results).toEqual([1, 'ActorFailError'])

    // An await cannot be dropped, as a task is: the loop throws, and the error says why.
    const why = new Error('why')
    const broken = fwdToStream<number>()
    broken.fwd.fwd({ value: 1 })
    const holder = fdbSpawn(
      function* () {
        yield* sleep(0)
        throw why
      },
      { owns: [broken.fwd] },
    )
    const read: number[] = []
    const loop = async (): Promise<void> => {
      for await (const value of broken.stream) read.push(value)
    }
    await expect(loop()).rejects.toMatchObject({
      name: 'ActorFailError',
      message: 'the actor failed: its Fwd was dropped before the end',
      cause: why,
    })
    expect(read).toEqual([1])
    await expect(holder.then()).rejects.toBe(why)

    const left = fwdToStream<number>()
    left.fwd.fwd({ value: 1 })
    for await (const value of left.stream) {
      expect(value).toBe(1)
      break
    }
    expect(left.fwd.isWanted).toBe(false)
    left.fwd.drop()
  })
})

/** What a Fwd saw. */
function collected<T>(): { seen: (T | 'end' | 'gone')[]; fwd: Fwd<Maybe<T>> } {
  const seen: (T | 'end' | 'gone')[] = []
  const fwd = new Fwd<Maybe<T>>(
    (maybe) => seen.push(maybe === undefined ? 'end' : maybe.value),
    () => seen.push('gone'),
  )
  return { seen, fwd }
}

/** An async iterable that notes what is done with it. */
function noted(values: readonly number[], failure?: Error) {
  const log: string[] = []
  async function* generate(): AsyncGenerator<number, void, undefined> {
    try {
      for (const value of values) {
        yield value
        await turn()
      }
      if (failure !== undefined) throw failure
      log.push('ended')
    } finally {
      log.push('closed')
    }
  }
  return { log, generate }
}

describe('a stream to a Fwd', () => {
  it('may be any stream: its values, then its end; one that breaks just drops the Fwd', async () => {
    await forSeedsAsync(async (seed) => {
      const draw = new Draw(seed)
      const values = Array.from({ length: draw.below(6) }, (_, at) => at)
      const failure = draw.chance(0.3) ? new Error('it broke') : undefined
      const flow = new PromiseStream<number>()
      const [sender, receiver] = unbounded<number>()
      const caster = broadcast<number>(10)
      const subscriber = caster.subscribe()
      const pipe = fwdToStream<number>()
      for (const value of values) {
        flow.send(value)
        sender.send(value)
        caster.send(value)
        pipe.fwd.fwd({ value })
      }
      flow.sendError(failure)
      sender.drop()
      caster.drop()
      pipe.fwd.fwd(undefined)
      const { generate } = noted(values, failure)
      const plain = {
        [Symbol.asyncIterator]: () => {
          let at = 0
          const next = () => Promise.resolve({ done: at === values.length, value: values[at++]! })
          return { next } as AsyncIterator<number>
        },
      }
      const whole = [...values, 'end', 'gone']
      const broken = failure === undefined ? whole : [...values, 'gone']
      for (const [stream, expected] of [
        [flow.getFuture(), broken],
        [generate(), broken],
        [receiver, whole],
        [subscriber, whole],
        [pipe.stream, whole],
        [plain, whole],
      ] as const) {
        const { seen, fwd } = collected<number>()
        const handle = streamToFwd<number>(stream, fwd).keep()
        const error = await handle.then(
          () => undefined,
          (problem: unknown) => problem,
        )
        expect(seen).toEqual(expected)
        expect(error).toBe(expected === whole ? undefined : failure)
      }
      pipe.fwd.drop()
    })
  })

  it('is given up with its task, and its task with the stream that the Fwd feeds', async () => {
    for (const end of ['cancel', 'drop'] as const) {
      const { log, generate } = noted([1, 2, 3])
      const [sender, receiver] = bounded<number>(1)
      for (const source of [generate(), receiver]) {
        const pipe = fwdToStream<number>()
        const handle = streamToFwd<number>(source, pipe.fwd)
        if (source !== receiver) expect(await pipe.stream.next()).toMatchObject({ value: 1 })
        if (end === 'cancel') handle.cancel()
        else pipe.stream.drop()
        await expect(handle.then()).rejects.toMatchObject({ name: 'CancelledError' })
        expect(handle.refCount).toBe(0)
        pipe.stream.drop()
      }
      for (let i = 0; i < 3; i++) await turn()
      expect(log).toEqual(['closed'])
      expect(sender.isClosed).toBe(true)
      sender.drop()
    }
  })

  it('is handed over with the Fwd: both end with a task that never ran', () => {
    const runtime = new Runtime()
    runtime.dispose()
    const { seen, fwd } = collected<number>()
    const [sender, receiver] = bounded<number>(1)
    const start = (): unknown => streamToFwd(receiver, fwd, { executor: runtime.executor })
    expect(start).toThrow(RuntimeDisposedError)
    expect(seen).toEqual(['gone'])
    expect(sender.isClosed).toBe(true)
    sender.drop()
  })

  it('is over when the Fwd takes no more: the queue is full', async () => {
    const { log, generate } = noted([1, 2, 3])
    const pipe = fwdToStream<number>({ limit: 1 })
    await expect(streamToFwd(generate(), pipe.fwd).then()).rejects.toBeInstanceOf(ChannelFullError)
    for (let i = 0; i < 3; i++) await turn()
    expect(log).toEqual(['closed'])
    pipe.stream.drop()
  })

  it('is what it says it is', () => {
    const { fwd } = collected<number>()
    for (const nothing of [undefined, null, 5, {}, [1], Promise.resolve(1)]) {
      expect(() => streamToFwd(nothing as never, fwd)).toThrow(/takes a stream/)
    }
    fwd.drop()
  })

  it('keeps to virtual time', async () => {
    const { runtime, environment } = deterministic(1)
    const seen = await runtime.run(function* () {
      const { seen, fwd } = collected<number>()
      const handle = streamToFwd(interval(1000), fwd)
      yield* sleep(3500)
      handle.cancel()
      return seen
    })
    expect(seen).toEqual([1000, 2000, 3000, 'gone'])
    expect(environment.now()).toBe(3500)
    // A generator that waits is closed when its wait is over.
    while (environment.step()) await turn()
    runtime.dispose()
  })
})
