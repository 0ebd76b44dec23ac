// What a task tells of its life to who listens, event by event, in place and queued.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LIFECYCLE_CHANNEL, type LifecycleEvent } from '../../src/future/wakers/lifecycle.ts'
import { PENDING, type Waker } from '../../src/future/wakers/waker.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import {
  CancelledError,
  fdbSpawn,
  inPlaceExecutor,
  QueueingExecutor,
  type Executor,
  type JoinHandle,
  Runtime,
} from '../../src/task/index.ts'

let events: LifecycleEvent[] = []
const listen = (message: unknown): void => void events.push(message as LifecycleEvent)
beforeEach(() => {
  events = []
  subscribe(LIFECYCLE_CHANNEL, listen)
})
afterEach(() => unsubscribe(LIFECYCLE_CHANNEL, listen))

/** Who keeps the waker of the one that waits, and says what is done with it. */
class Gate {
  kept: Waker | undefined
  isOpen = false

  poll(waker: Waker): string | typeof PENDING {
    if (this.isOpen) return 'open'
    const before = this.kept
    this.kept = waker.clone('Gate::poll')
    before?.drop('Gate::poll')
    return PENDING
  }

  unregister(): void {
    this.kept?.drop('Gate::unregister')
  }
}

const shown = (event: LifecycleEvent): string =>
  [
    ...[event.type, event.place, event.refCount],
    ...(event.decrease === undefined ? [] : [event.decrease ? 'given up' : 'kept']),
    ...(event.name === undefined ? [] : [event.name]),
    ...(event.waitsFor === undefined ? [] : [event.waitsFor]),
  ].join(' ')

const since = (): string[] => events.splice(0).map(shown)

/** A kind of executor: what its polls and wakes are called, and what makes it poll. */
interface Kind {
  readonly executor: Executor
  readonly poll: string
  readonly wake: string
  readonly run: () => void
}

const queue = new QueueingExecutor(hostEnvironment)
const KINDS: Record<string, Kind> = {
  'in place': {
    ...{ executor: inPlaceExecutor, poll: 'fdbwaker_wake', wake: 'fdbwaker_wake' },
    run: () => undefined,
  },
  queued: {
    ...{ executor: queue, poll: 'Task::poll', wake: 'Task::wake' },
    run: () => void queue.pollPending(),
  },
}

describe.each(Object.entries(KINDS))(
  'a task that is polled %s',
  (name, { executor, poll, wake, run }) => {
    const isQueued = name === 'queued'
    const spawned = (gate: Gate): JoinHandle<string> => fdbSpawn(gate, { name: 'guest', executor })
    // The queue has a reference of its own for a wake that keeps the waker.
    const extra = isQueued ? 1 : 0

    it('tells of its first poll, of wakes that keep the waker and that give it up, and of its end', () => {
      const gate = new Gate()
      const handle = spawned(gate)
      expect(since()).toEqual([
        'spawn fdb_spawn 0 guest',
        ...(isQueued ? [] : [`wake ${wake} 1 given up`]),
        ...[`clone ${poll} 2`, 'clone Gate::poll 3', `pending ${poll} 3 Gate`, `drop ${poll} 2`],
        isQueued ? `drop ${poll} 1` : 'drop fdb_spawn 1',
      ])
      gate.kept!.wakeByRef('Gate::knock')
      run()
      expect(since()).toEqual([
        `wake ${wake} 1 kept`,
        ...(isQueued ? [`clone ${wake} 2`] : []),
        ...[`clone ${poll} ${2 + extra}`, `clone Gate::poll ${3 + extra}`],
        ...[`drop Gate::poll ${2 + extra}`, `pending ${poll} ${2 + extra} Gate`],
        `drop ${poll} ${1 + extra}`,
        ...(isQueued ? [`drop ${poll} 1`] : []),
      ])
      gate.isOpen = true
      gate.kept!.wake('Gate::open')
      run()
      expect(since()).toEqual([
        `wake ${wake} 1 given up`,
        ...[`clone ${poll} 2`, 'ready FdbFuture::Poll 2', `drop ${poll} 1`],
        isQueued ? `drop ${poll} 0` : 'drop Gate::open 0',
        'dropped FDBWaker::drop 0',
      ])
      expect(handle.result()).toBe('open')
      expect(since()).toEqual(['join JoinHandle::poll 0'])
    })

    it('tells that it is cancelled, and what it gives up', () => {
      const handle = spawned(new Gate())
      since()
      handle.cancel()
      expect(since()).toEqual([
        ...['cancel Task::cancel 1', 'clone Task::cancel 2'],
        ...['drop Gate::unregister 1', 'drop Task::cancel 0', 'dropped FDBWaker::drop 0'],
      ])
      expect(() => handle.result()).toThrow(CancelledError)
    })

    it('tells that its runtime is disposed of', () => {
      const runtime = new Runtime({ waking: isQueued ? 'queued' : 'in place' })
      const handle = runtime.fdbSpawn(new Gate())
      since()
      runtime.dispose()
      expect(since()).toEqual([
        ...['cancel Runtime::drop 1', 'clone Runtime::drop 2'],
        ...['drop Gate::unregister 1', 'drop Runtime::drop 0', 'dropped FDBWaker::drop 0'],
      ])
      expect(() => handle.result()).toThrow(CancelledError)
    })

    it('tells of a wake that comes too late, and polls no more', () => {
      const gate = new Gate()
      const handle = spawned(gate)
      const late = gate.kept!.clone('late')
      gate.isOpen = true
      gate.kept!.wake('Gate::open')
      run()
      since()
      late.wakeByRef('late')
      late.wake('late')
      run()
      expect(since()).toEqual([
        ...[`wake ${wake} 1 kept`, `wake ${wake} 1 given up`],
        ...['drop late 0', 'dropped FDBWaker::drop 0'],
      ])
      expect(handle.result()).toBe('open')
    })
  },
)
