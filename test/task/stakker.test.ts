import { describe, expect, it } from 'vitest'
import {
  ActorFailError,
  fdbSpawn,
  Fwd,
  fwdToStream,
  fwdToStreamResult,
  type JoinHandle,
  type Maybe,
  pullPipe,
  pullPipeResult,
  pushPipe,
  pushPipeResult,
  Ret,
  sleep,
  spawnRet,
  streamToFwd,
  unbounded,
} from '../../src/task/index.ts'
import { forSeeds } from '../support/seeds.ts'
import { deterministic, Draw, FakeFuture } from './helpers.ts'

const outcomeOf = (handle: JoinHandle<unknown>): unknown => {
  try {
    return handle.result()
  } catch (error) {
    return (error as Error).name
  }
}

describe('Ret', () => {
  it('calls its handler once: with the value, or with undefined when it is dropped unused', () => {
    const seen: Maybe<number>[] = []
    const used = new Ret<number>((maybe) => seen.push(maybe))
    used.ret(1)
    used.drop()
    expect(() => used.ret(2)).toThrow(/used once/)
    new Ret<number>((maybe) => seen.push(maybe)).drop()
    expect(seen).toEqual([{ value: 1 }, undefined])
  })

  it('spawn: a future runs to its end and its value goes to the Ret; a failure drops the Ret', () => {
    const seen: Maybe<number>[] = []
    const ret = (): Ret<number> => new Ret((maybe) => seen.push(maybe))
    const future = new FakeFuture<number>()
    void spawnRet(future, ret())
    expect(seen).toEqual([])
    future.complete(3)
    expect(seen).toEqual([{ value: 3 }])
    const failing = new FakeFuture<number>()
    const failed = spawnRet(failing, ret()).keep()
    failing.fail(new Error('no'))
    expect(() => failed.result()).toThrow('no')
    const cancelled = spawnRet(new FakeFuture<number>(), ret())
    cancelled.cancel()
    expect(seen).toEqual([{ value: 3 }, undefined, undefined])
  })

  it('push pipe: the future resolves as soon as the Ret is used', () => {
    const { ret, future } = pushPipe<number>()
    const handle = fdbSpawn(future)
    expect(handle.isFinished).toBe(false)
    ret.ret(9)
    expect(handle.result()).toBe(9)
  })

  it('pull pipe: the request is sent at the first poll, not before, and once', () => {
    const requests: Ret<number>[] = []
    const future = pullPipe<number>(
      new Ret((maybe) => {
        if (maybe !== undefined) requests.push(maybe.value)
      }),
    )
    expect(requests).toHaveLength(0)
    const handle = fdbSpawn(future)
    expect(requests).toHaveLength(1)
    requests[0]?.ret(8)
    expect(handle.result()).toBe(8)
  })

  it('failure drops the whole task at its wait, or is passed on as a value', () => {
    for (const make of [
      () => pushPipe<number>(),
      () => {
        let asked: Ret<number> | undefined
        const future = pullPipe<number>(new Ret((maybe) => (asked = maybe?.value)))
        return { ret: { drop: () => asked?.drop() }, future }
      },
    ]) {
      const { ret, future } = make()
      const seen: string[] = []
      const handle = fdbSpawn(function* () {
        try {
          yield* future
          seen.push('went on')
        } catch {
          seen.push('caught')
        } finally {
          seen.push('finally')
        }
      })
      ret.drop()
      expect(seen).toEqual(['finally'])
      expect(outcomeOf(handle)).toBe('CancelledError')
    }
    const pushed = pushPipeResult<number>()
    const first = fdbSpawn(pushed.future)
    pushed.ret.drop()
    let asked: Ret<number> | undefined
    const second = fdbSpawn(pullPipeResult<number>(new Ret((maybe) => (asked = maybe?.value))))
    asked?.drop()
    for (const handle of [first, second]) {
      expect(handle.result()).toMatchObject({ ok: false, error: expect.any(ActorFailError) })
    }
  })

  it('an await rejects with the failure of the actor, and why it failed', async () => {
    const dropped = pushPipe<number>()
    dropped.ret.drop()
    const message = 'the actor failed: its Ret was dropped unused'
    const why = new Error('why')
    const failed = pushPipe<number>()
    const actor = fdbSpawn(
      async () => {
        await Promise.resolve()
        throw why
      },
      { owns: [failed.ret] },
    )
    const inTask = fdbSpawn(async () => await dropped.future)
    const pulled = pullPipe<number>(new Ret<Ret<number>>((maybe) => maybe?.value.drop()))
    const actorFailed = expect.objectContaining({ name: 'ActorFailError', message })
    await expect(inTask).rejects.toEqual(actorFailed)
    await expect(pulled.then()).rejects.toEqual(actorFailed)
    await expect(failed.future.then()).rejects.toMatchObject({ name: 'ActorFailError', cause: why })
    await expect(actor).rejects.toBe(why)
  })
})

describe('Fwd', () => {
  it('stream to Fwd: all values, then the end; an early end drops the Fwd', () => {
    const seen: (Maybe<number> | 'gone')[] = []
    const target = (): Fwd<Maybe<number>> =>
      new Fwd<Maybe<number>>(
        (maybe) => seen.push(maybe),
        () => seen.push('gone'),
      )
    const [sender, receiver] = unbounded<number>()
    void streamToFwd(receiver, target())
    sender.send(1)
    sender.send(2)
    sender.drop()
    expect(seen).toEqual([{ value: 1 }, { value: 2 }, undefined, 'gone'])
    const [open, stays] = unbounded<number>()
    const handle = streamToFwd(stays, target())
    handle.cancel()
    expect(seen.slice(4)).toEqual(['gone'])
    open.drop()
  })

  it('Fwd to stream: values in order, refill asked exactly when the reader finds it empty', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { environment, runtime } = deterministic(seed)
      const total = 40
      let next = 0
      let emptyAtRefill = true
      let waitingAnswer = false
      const refill = new Fwd<void>(() => {
        if (pipe.stream === undefined || waitingAnswer) emptyAtRefill = false
        waitingAnswer = true
        const push = (): void => {
          waitingAnswer = false
          if (next === total) pipe.fwd.fwd(undefined)
          for (let i = 1 + draw.below(4); i > 0 && next < total; i--)
            pipe.fwd.fwd({ value: next++ })
        }
        if (draw.chance(0.5)) push()
        else environment.setTimer(draw.below(5), push)
      })
      const pipe = fwdToStream<number>({ refill })
      const got = runtime.runSync(function* () {
        const all: number[] = []
        for (;;) {
          const item = yield* pipe.stream.next()
          if (item.done) return all
          all.push(item.value)
          if (draw.chance(0.2)) yield* sleep(1)
        }
      })
      expect(got).toEqual(Array.from({ length: total }, (_, i) => i))
      expect(emptyAtRefill).toBe(true)
      pipe.fwd.drop()
      runtime.dispose()
    })
  })

  it('a Fwd that goes before the end drops the task, or passes the failure on, then ends', () => {
    const dropping = fwdToStream<number>()
    const seen: unknown[] = []
    const handle = fdbSpawn(function* () {
      for (;;) {
        const next = yield* dropping.stream.next()
        seen.push(next.value)
      }
    })
    dropping.fwd.fwd({ value: 1 })
    const clone = dropping.fwd.clone()
    dropping.fwd.drop()
    expect(handle.isFinished).toBe(false)
    clone.drop()
    expect([seen, outcomeOf(handle)]).toEqual([[1], 'CancelledError'])

    const passing = fwdToStreamResult<number>()
    const reader = fdbSpawn(function* () {
      const all: unknown[] = []
      for (;;) {
        const next = yield* passing.stream.next()
        if (next.done) return all
        all.push(next.value.ok ? next.value.value : next.value.error.name)
      }
    })
    passing.fwd.fwd({ value: 1 })
    passing.fwd.drop()
    expect(reader.result()).toEqual([1, 'ActorFailError'])
  })
})
