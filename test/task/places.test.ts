// Each wait names itself to people, and each of its steps to the waker: where the waker is kept, woken and dropped.
import { describe, expect, it } from 'vitest'
import { describeWait } from '../../src/future/wakers/waits-for.ts'
import { PENDING, type Pollable, type Waker } from '../../src/future/wakers/waker.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import {
  actor,
  bounded,
  broadcast,
  byRef,
  choose,
  fdbSpawn,
  fromPromise,
  fwdToStream,
  fwdToStreamResult,
  interval,
  oneshot,
  PromiseFuture,
  PromiseStream,
  pullPipe,
  pullPipeResult,
  pushPipe,
  pushPipeResult,
  race,
  Ret,
  sleep,
  timeout,
  unbounded,
  wait,
  waitNext,
  when,
  yieldNow,
} from '../../src/task/index.ts'

/** Writes down what is done with it, and where. */
class PlacedWaker implements Waker {
  readonly taskId = 0
  readonly refCount = 1
  readonly log: string[]

  constructor(log: string[]) {
    this.log = log
  }

  wake(place = 'nowhere'): void {
    this.log.push(`wake ${place}`)
  }

  wakeByRef(place = 'nowhere'): void {
    this.log.push(`wakeByRef ${place}`)
  }

  drop(place = 'nowhere'): void {
    this.log.push(`drop ${place}`)
  }

  clone(place = 'nowhere'): Waker {
    this.log.push(`clone ${place}`)
    return new PlacedWaker(this.log)
  }
}

interface Waiting {
  readonly wait: Pollable<unknown>
  /** What ends the wait, by the place that it names. */
  readonly wakes: Readonly<Record<string, () => unknown>>
  /** Gives up what the wait alone leaves. */
  readonly end?: () => void
}

interface Kind {
  /** As in "task 3 waits for ...". */
  readonly words: string
  readonly kept: string
  readonly givenUp: string
  readonly make: () => Waiting
}

const environment = new DeterministicEnvironment({ seed: 1 })
const inTime = { environment }
const step = (): boolean => environment.step()

const KINDS: Record<string, Kind> = {
  'a receive': {
    ...{ words: 'a channel', kept: 'Receiver::poll', givenUp: 'Receiver::unregister' },
    make: () => {
      const [sender, receiver] = bounded<number>(1)
      return {
        wait: receiver.recv(),
        wakes: {
          'Channel::send': () => sender.trySend(1),
          'Sender::drop': () => sender.drop(),
          'Receiver::drop': () => receiver.drop(),
        },
      }
    },
  },
  'the next of an unbounded channel': {
    ...{ words: 'a channel', kept: 'Receiver::poll', givenUp: 'Receiver::unregister' },
    make: () => {
      const [sender, receiver] = unbounded<number>()
      return { wait: receiver.next(), wakes: { 'Channel::send': () => sender.send(1) } }
    },
  },
  'a send': {
    ...{ words: 'room in a channel', kept: 'Send::poll', givenUp: 'Send::unregister' },
    make: () => {
      const [sender, receiver] = bounded<number>(1)
      sender.trySend(1)
      return {
        wait: sender.send(2),
        wakes: {
          'Receiver::recv': () => receiver.tryRecv(),
          'Receiver::drop': () => receiver.drop(),
        },
      }
    },
  },
  'a oneshot': {
    ...{
      words: 'a oneshot',
      kept: 'OneshotReceiver::poll',
      givenUp: 'OneshotReceiver::unregister',
    },
    make: () => {
      const [sender, receiver] = oneshot<number>()
      return {
        wait: receiver,
        wakes: {
          'OneshotSender::send': () => sender.send(1),
          'OneshotSender::drop': () => sender.drop(),
          'OneshotReceiver::drop': () => receiver.drop(),
        },
      }
    },
  },
  'the end of a oneshot': {
    words: 'a oneshot to be closed',
    ...{ kept: 'OneshotSender::closed', givenUp: 'OneshotSender::closed' },
    make: () => {
      const [sender, receiver] = oneshot<number>()
      return {
        wait: sender.closed(),
        wakes: {
          'OneshotSender::send': () => sender.send(1),
          'OneshotSender::drop': () => sender.drop(),
          'OneshotReceiver::drop': () => receiver.drop(),
        },
      }
    },
  },
  'a broadcast': {
    words: 'a broadcast',
    ...{ kept: 'BroadcastReceiver::poll', givenUp: 'BroadcastReceiver::unregister' },
    make: () => {
      const sender = broadcast<number>(2)
      const receiver = sender.subscribe()
      return {
        wait: receiver.next(),
        wakes: {
          'BroadcastSender::send': () => sender.send(1),
          'BroadcastSender::drop': () => sender.drop(),
          'BroadcastReceiver::drop': () => receiver.drop(),
        },
      }
    },
  },
  'a stream of Flow': {
    ...{ words: 'a FutureStream', kept: 'FutureStream::poll', givenUp: 'FutureStream::unregister' },
    make: () => {
      const stream = new PromiseStream<number>()
      return {
        wait: waitNext(stream.getFuture()),
        wakes: {
          'PromiseStream::send': () => stream.send(1),
          'PromiseStream::end': () => stream.sendError(),
          'FutureStream::drop': () => stream.getFuture().drop(),
        },
      }
    },
  },
  'a future of Flow': {
    ...{ words: 'a FlowFuture', kept: 'Future::poll', givenUp: 'Future::unregister' },
    make: () => {
      const { promise, future } = new PromiseFuture<number>()
      return {
        wait: wait(future),
        wakes: {
          'Promise::send': () => promise.send(1),
          'Future::drop': () => future.drop(),
        },
      }
    },
  },
  'an actor': {
    ...{ words: 'a FlowFuture', kept: 'Future::poll', givenUp: 'Future::unregister' },
    make: () => {
      const { promise, future } = new PromiseFuture<number>()
      const waiting = actor(function* () {
        return yield* future
      })
      const running = waiting()
      const wakes = { 'Promise::send': () => promise.send(1) }
      return { wait: running.wait(), wakes, end: () => running.drop() }
    },
  },
  'a Fwd as a stream': {
    ...{ words: 'FwdStream', kept: 'FwdStream::poll', givenUp: 'FwdStream::unregister' },
    make: () => {
      const { fwd, stream } = fwdToStream<number>()
      return {
        wait: stream.next(),
        wakes: {
          'Fwd::fwd': () => fwd.fwd({ value: 1 }),
          'Fwd::drop': () => fwd.drop(),
          'FwdStream::drop': () => stream.drop(),
        },
      }
    },
  },
  'a Fwd as a stream of results': {
    ...{ words: 'FwdResultStream', kept: 'FwdStream::poll', givenUp: 'FwdStream::unregister' },
    make: () => {
      const { fwd, stream } = fwdToStreamResult<number>()
      return { wait: stream.next(), wakes: { 'Fwd::drop': () => fwd.fwd(undefined) } }
    },
  },
  'a Ret': {
    ...{ words: 'a Ret', kept: 'Ret::poll', givenUp: 'Ret::unregister' },
    make: () => {
      const { ret, future } = pushPipe<number>()
      return { wait: future, wakes: { 'Ret::ret': () => ret.ret(1) } }
    },
  },
  'the result of a Ret': {
    ...{ words: 'a Ret', kept: 'Ret::poll', givenUp: 'Ret::unregister' },
    make: () => {
      const { ret, future } = pushPipeResult<number>()
      return { wait: future, wakes: { 'Ret::ret': () => ret.drop() } }
    },
  },
  'a Ret that is asked for': {
    ...{ words: 'a Ret', kept: 'Ret::poll', givenUp: 'Ret::unregister' },
    make: () => {
      let asked: Ret<number> | undefined
      const request = (): Ret<Ret<number>> => new Ret((maybe) => (asked = maybe?.value))
      return { wait: pullPipe(request()), wakes: { 'Ret::ret': () => asked!.ret(1) } }
    },
  },
  'the result of a Ret that is asked for': {
    ...{ words: 'a Ret', kept: 'Ret::poll', givenUp: 'Ret::unregister' },
    make: () => {
      let asked: Ret<number> | undefined
      const request = (): Ret<Ret<number>> => new Ret((maybe) => (asked = maybe?.value))
      return { wait: pullPipeResult(request()), wakes: { 'Ret::ret': () => asked!.drop() } }
    },
  },
  'a sleep': {
    ...{ words: 'a sleep', kept: 'Sleep::poll', givenUp: 'Sleep::unregister' },
    make: () => ({ wait: sleep(5, inTime), wakes: { 'Sleep::fire': step } }),
  },
  'a tick': {
    ...{ words: 'Tick', kept: 'Sleep::poll', givenUp: 'Sleep::unregister' },
    make: () => ({ wait: interval(5, inTime).tick(), wakes: { 'Sleep::fire': step } }),
  },
  'a turn': {
    ...{ words: 'Yield', kept: 'Yield::poll', givenUp: 'Yield::unregister' },
    make: () => ({
      wait: yieldNow(),
      wakes: { 'Yield::turn': () => new Promise((resolve) => setImmediate(resolve)) },
    }),
  },
  'a promise': {
    ...{ words: 'a promise', kept: 'PromiseBody::poll', givenUp: 'PromiseBody::unregister' },
    make: () => {
      let resolve: (value: number) => void
      const promise = new Promise<number>((settled) => (resolve = settled))
      const settle = async (): Promise<void> => {
        resolve(1)
        await promise
      }
      return { wait: fromPromise(promise), wakes: { 'PromiseBody::settle': settle } }
    },
  },
  'a task': {
    ...{ words: expect.stringMatching(/^task \d+ \(slow\)$/) as string },
    ...{ kept: 'JoinHandle::poll', givenUp: 'JoinHandle::poll' },
    make: () => {
      const [sender, receiver] = oneshot<number>()
      const handle = fdbSpawn(receiver, { name: 'slow' })
      const wakes = { 'JoinHandle::poll': () => sender.send(1) }
      return { wait: handle, wakes, end: () => handle.cancel() }
    },
  },
}

/** Waits around another wait: they keep its places, and say its words among their own. */
const AROUND: Record<
  string,
  [wrap: (inner: Pollable<unknown>) => Pollable<unknown>, words: string]
> = {
  byRef: [byRef, '?'],
  wait: [wait, '?'],
  timeout: [(inner) => timeout(1000, inner, inTime), '?, with a timeout'],
  race: [(inner) => race([inner, sleep(1000, inTime)]), 'the first of ?, a sleep'],
}

/** What is done with the waker from the first poll on. The wait is given up afterwards. */
async function steps(
  { wait: own, end, wakes }: Waiting,
  then: (own: Pollable<unknown>, wakes: Waiting['wakes']) => unknown = () => undefined,
): Promise<string[]> {
  const log: string[] = []
  expect(own.poll(new PlacedWaker(log))).toBe(PENDING)
  const done = then(own, wakes)
  if (done instanceof Promise) await done
  const found = [...log]
  own.unregister?.()
  end?.()
  return found
}

describe.each(Object.entries(KINDS))('%s', (_, { words, kept, givenUp, make }) => {
  it('says what it waits for, and so does a wait around it', async () => {
    const waiting = make()
    expect(describeWait(waiting.wait)).toEqual(words)
    for (const [wrap, around] of Object.values(AROUND)) {
      const expected = around.replace('?', describeWait(waiting.wait))
      expect(describeWait(wrap(waiting.wait))).toBe(expected)
    }
    await steps(waiting)
  })

  it('keeps a clone of the waker, and names the place', async () => {
    expect(await steps(make())).toEqual([`clone ${kept}`])
  })

  it('wakes it when the wait ends, and names what ended it', async () => {
    const first = make()
    await steps(first)
    for (const place of Object.keys(first.wakes)) {
      const log = await steps(make(), (_wait, wakes) => wakes[place]!())
      expect(log).toEqual([`clone ${kept}`, `wake ${place}`])
    }
  })

  it('drops it when the wait is given up, once', async () => {
    const log = await steps(make(), (own) => {
      own.unregister?.()
      own.unregister?.()
    })
    expect(log).toEqual([`clone ${kept}`, `drop ${givenUp}`])
  })

  it('keeps the latest waker that polls, and drops the one before', async () => {
    const later: string[] = []
    const first = await steps(make(), async (own, wakes) => {
      own.poll(new PlacedWaker(later))
      await Object.values(wakes)[0]!()
    })
    expect(first).toEqual([`clone ${kept}`, `drop ${kept}`])
    expect(later).toEqual([`clone ${kept}`, expect.stringMatching(/^wake ./)])
  })
})

describe('what waits at a channel', () => {
  it('hands a wake on that came too late for it', () => {
    const ends: [() => Pollable<unknown>, () => void, string][] = []
    const [sender, receiver] = unbounded<number>()
    ends.push([() => receiver.next(), () => sender.send(1), 'Receiver'])
    const stream = new PromiseStream<number>()
    ends.push([() => stream.getFuture().wait(), () => stream.send(1), 'FutureStream'])
    const pipe = fwdToStream<number>()
    ends.push([() => pipe.stream.next(), () => pipe.fwd.fwd({ value: 1 }), 'FwdStream'])
    for (const [make, send, name] of ends) {
      const [first, second] = [make(), make()]
      const logs: [string[], string[]] = [[], []]
      first.poll(new PlacedWaker(logs[0]))
      second.poll(new PlacedWaker(logs[1]))
      send()
      expect(logs[0]).toHaveLength(2)
      // It was woken, and gives up: the value is for the other one.
      first.unregister?.()
      expect(logs[1]).toEqual([`clone ${name}::poll`, `wake ${name}::unregister`])
      second.poll(new PlacedWaker([]))
    }
  })

  it('is woken by the one before it when there is more', () => {
    const [sender, receiver] = unbounded<number>()
    const stream = new PromiseStream<number>()
    const ends: [() => Pollable<unknown>, (value: number) => void, string][] = [
      [() => receiver.next(), (value) => sender.send(value), 'Receiver::poll'],
      [() => stream.getFuture().wait(), (value) => stream.send(value), 'FutureStream::poll'],
    ]
    for (const [make, send, place] of ends) {
      const [first, second, third] = [make(), make(), make()]
      const log: string[] = []
      first.poll(new PlacedWaker([]))
      second.poll(new PlacedWaker([]))
      third.poll(new PlacedWaker(log))
      send(1)
      send(2)
      send(3)
      expect(log).toEqual([`clone ${place}`, expect.stringMatching(/^wake /)])
      expect(first.poll(new PlacedWaker([]))).not.toBe(PENDING)
      expect(second.poll(new PlacedWaker([]))).not.toBe(PENDING)
    }
    const log: string[] = []
    const [one, two] = [receiver.next(), receiver.next()]
    receiver.tryRecv()
    one.poll(new PlacedWaker([]))
    two.poll(new PlacedWaker(log))
    sender.send(1)
    sender.send(2)
    expect(log).toEqual(['clone Receiver::poll', 'wake Channel::send'])
  })
})

describe('choose', () => {
  it('waits for the first of its arms, in their words', () => {
    const [, receiver] = bounded<number>(1)
    const handle = fdbSpawn(() => choose(when(receiver), when(sleep(1000, inTime))))
    expect(handle.isFinished).toBe(false)
    handle.cancel()
    expect(() => choose()).toThrow('choose needs at least one arm: it would wait for ever')
    expect(() => choose({} as never)).toThrow(
      'an arm of choose must be what when() gives, not an object',
    )
  })
})
