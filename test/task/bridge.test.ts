import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  BridgeChannel,
  BridgeClosedError,
  type BridgeDescriptor,
  BridgeError,
  bytes,
  type Codec,
  DataHandle,
  fdbSpawn,
  float64,
  json,
  MessageTooLargeError,
  uint32,
  utf8,
} from '../../src/task/index.ts'
import { PENDING } from '../../src/future/wakers/waker.ts'
import { BridgeWait } from '../../src/task/bridge/bridge-wait.ts'
import { Doorbell } from '../../src/task/bridge/doorbell.ts'
import { forSeeds, forSeedsAsync } from '../support/seeds.ts'
import { Draw } from './helpers.ts'

const numbers = (capacity: number): BridgeChannel<number, number> =>
  new BridgeChannel({
    requests: { capacity, codec: uint32 },
    responses: { capacity, codec: float64 },
  })

describe('a bridge within one worker', () => {
  it('agrees with two queues, message by message, whatever is pushed, popped and drained', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const capacity = 1 + draw.below(20)
      const { control, data: unpinned } = new BridgeChannel<string, { n: number }>({
        requests: { capacity, codec: utf8(16) },
        responses: { capacity, codec: json(32) },
      })
      const data = unpinned.pin()
      const requests: string[] = []
      const responses: { n: number }[] = []
      for (let i = 0; i < 500; i++) {
        const choice = draw.below(6)
        if (choice <= 1) {
          const message = 'ä'.repeat(draw.below(4)) + i
          expect(control.trySendRequest(message)).toBe(requests.length < capacity)
          if (requests.length < capacity) requests.push(message)
        } else if (choice === 2) {
          expect(data.tryRecvRequest()?.value).toBe(requests.shift())
        } else if (choice === 3) {
          const batch: string[] = []
          const max = draw.below(5)
          expect(data.drainRequests(batch, max)).toBe(Math.min(max, requests.length))
          expect(batch).toEqual(requests.splice(0, max))
        } else if (choice === 4) {
          expect(data.trySendResponse({ n: i })).toBe(responses.length < capacity)
          if (responses.length < capacity) responses.push({ n: i })
        } else {
          const batch: { n: number }[] = []
          const max = draw.below(5)
          control.drainResponses(batch, max)
          expect(batch).toEqual(responses.splice(0, max))
        }
        expect(control.pending).toBe(requests.length)
        const used = requests.length / capacity
        const pressure = used >= 0.95 ? 'suspended' : used >= 0.85 ? 'throttled' : 'normal'
        expect([control.pressure, data.pressure]).toEqual([pressure, pressure])
        expect(data.shouldThrottle).toBe(used >= 0.85)
        expect(data.shouldSuspend).toBe(used >= 0.95)
      }
    })
  })

  it('wakes who waits, on push and on pop, with a ring of any size', async () => {
    await forSeedsAsync(async (seed) => {
      const draw = new Draw(seed)
      const { control, data: unpinned } = numbers(1 + draw.below(4))
      const data = unpinned.pin()
      const total = 50
      const serve = async (): Promise<void> => {
        for (let got = 0; got < total;) {
          for (const request of await data.recvRequests(1 + draw.below(3))) {
            await data.sendResponse(request * 2)
            got++
          }
        }
      }
      const send = async (): Promise<void> => {
        for (let i = 0; i < total; i++) await control.sendRequest(i)
      }
      const read = async (): Promise<number[]> => {
        const all: number[] = []
        while (all.length < total) all.push(await control.recvResponse())
        return all
      }
      const [, , answers] = await Promise.all([serve(), send(), read()])
      expect(answers).toEqual(Array.from({ length: total }, (_, i) => 2 * i))
    })
  })

  it('is pinned once, cannot be cloned, and needs the codecs it was made with', () => {
    const { control, data } = numbers(4)
    const pinned = data.pin()
    expect(() => data.pin()).toThrow(/pinned already/)
    for (const handle of [control, data, pinned]) {
      expect(() => structuredClone(handle)).toThrow(/pinned to the worker.* make it anew there/)
    }
    // Later versions of Node show no more of it.
    const { pinned: why } = data as unknown as { pinned: symbol }
    expect(why.description?.length).toBeLessThanOrEqual(128)
    const descriptor: BridgeDescriptor = data.descriptor
    expect(() => DataHandle.attach(descriptor, { requests: uint32, responses: uint32 })).toThrow(
      /codec of responses takes 4 bytes; the bridge was made for 8/,
    )
    for (const wrong of [undefined, null, {}, 7, { fdbkit: 'bell' }, control]) {
      const attach = (): unknown =>
        DataHandle.attach(wrong as never, { requests: uint32, responses: uint32 })
      expect(attach).toThrow(new TypeError('attach takes the descriptor of a DataHandle'))
    }
    expect(() => numbers(0)).toThrow(/from 1 on/)
  })

  it('takes no more memory than one ring may have', () => {
    const requests = { capacity: 2 ** 20, codec: bytes(2 ** 20) }
    const responses = { capacity: 1, codec: uint32 }
    const make = (): unknown => new BridgeChannel({ requests, responses })
    expect(make).toThrow(RangeError)
    expect(make).toThrow(/^a ring of \d+ bytes is too large: at most 2 GiB$/)
  })

  it('takes text where it was made for text', () => {
    const way = { capacity: 1, codec: utf8(16) }
    const { control } = new BridgeChannel({ requests: way, responses: way })
    for (const [wrong, shown] of [
      [7, '7'],
      [undefined, 'undefined'],
      [Buffer.from('a'), 'Buffer'],
    ] as const) {
      const send = (): unknown => control.trySendRequest(wrong as never)
      expect(send).toThrow(TypeError)
      expect(send).toThrow(new RegExp(`^not a string: .*${shown}`))
    }
  })

  it('refuses a message that does not fit, and writes nothing', () => {
    const { control, data: unpinned } = new BridgeChannel<Uint8Array, number>({
      requests: { capacity: 2, codec: bytes(10) },
      responses: { capacity: 2, codec: uint32 },
    })
    const data = unpinned.pin()
    expect(() => control.trySendRequest(new Uint8Array(11))).toThrow(MessageTooLargeError)
    expect(() => data.trySendResponse(-1)).toThrow(TypeError)
    expect(control.pending).toBe(0)
    control.trySendRequest(new Uint8Array([1, 2, 3]))
    expect(data.tryRecvRequest()?.value).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('closing: what was sent is read, then both sides learn, also those that wait', async () => {
    const { control, data: unpinned } = numbers(4)
    const data = unpinned.pin()
    control.trySendRequest(1)
    control.close()
    expect(data.tryRecvRequest()).toEqual({ value: 1 })
    expect(() => data.tryRecvRequest()).toThrow(BridgeClosedError)
    expect(() => data.trySendResponse(1)).toThrow(BridgeClosedError)
    expect(() => control.trySendRequest(2)).toThrow(BridgeClosedError)
    const second = numbers(4)
    const waiting = Promise.all([second.control.recvResponse()])
    second.data.pin().close()
    await expect(waiting).rejects.toBeInstanceOf(BridgeClosedError)
  })

  it('looks again after it said that it waits: what came between is not signalled', () => {
    const words = new Int32Array(new SharedArrayBuffer(4))
    let arrived = false
    const doorbell = new Doorbell(() => {
      arrived = true
      return { words, index: 0, seen: 0 }
    })
    const handle = fdbSpawn(new BridgeWait(doorbell, () => (arrived ? 'message' : PENDING)))
    expect(handle.result()).toBe('message')
  })

  it('a blocking wait ends when its time is up', () => {
    const { control, data: unpinned } = numbers(1)
    const data = unpinned.pin()
    expect(data.recvRequestBlocking(1)).toBeUndefined()
    expect(data.sendResponseBlocking(1, 1)).toBe(true)
    expect(data.sendResponseBlocking(2, 1)).toBe(false)
    expect(control.tryRecvResponse()).toEqual({ value: 1 })
    expect(control.tryRecvResponse()).toBeUndefined()
  })

  it('a wait holds the event loop open; one that is given up leaves nothing behind', async () => {
    // Those of the process are not all the bridge's: the runner has some.
    const made = vi.spyOn(globalThis, 'setInterval')
    const cleared = vi.spyOn(globalThis, 'clearInterval')
    onTestFinished(() => void vi.restoreAllMocks())
    const holding = (): number => {
      const timers = new Set(made.mock.results.map(({ value }) => value as NodeJS.Timeout))
      for (const [timer] of cleared.mock.calls) timers.delete(timer as NodeJS.Timeout)
      return [...timers].filter((timer) => timer.hasRef()).length
    }
    const { control, data: unpinned } = numbers(4)
    const data = unpinned.pin()
    const handle = fdbSpawn(data.recvRequest())
    const other = fdbSpawn(data.recvRequest())
    expect(holding()).toBe(1)
    handle.cancel()
    expect(holding()).toBe(1)
    other.cancel()
    expect(holding()).toBe(0)
    expect([handle.refCount, other.refCount]).toEqual([0, 0])
    const again = fdbSpawn(data.recvRequest())
    expect(holding()).toBe(1)
    control.trySendRequest(1)
    expect(await again).toBe(1)
    expect(holding()).toBe(0)
  })
})

describe('a codec that uses its own bridge while it writes or reads', () => {
  /** Runs something else in the middle of a write and of a read, once. */
  function interrupting(): { codec: Codec<number>; during: (what: () => void) => void } {
    let what: (() => void) | undefined
    const interrupt = (): void => {
      const now = what
      what = undefined
      now?.()
    }
    const codec: Codec<number> = {
      maxBytes: uint32.maxBytes,
      write(value, memory, at) {
        const length = uint32.write(value, memory, at)
        interrupt()
        return length
      },
      read(memory, at, length) {
        const before = uint32.read(memory, at, length)
        interrupt()
        expect(uint32.read(memory, at, length)).toBe(before)
        return before
      },
    }
    return { codec, during: (next) => (what = next) }
  }

  it('is refused, and every message arrives once, as it was sent', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { codec, during } = interrupting()
      const capacity = 1 + draw.below(4)
      const { control, data: unpinned } = new BridgeChannel({
        requests: { capacity, codec },
        responses: { capacity: 1, codec: uint32 },
      })
      const data = unpinned.pin()
      const sent: number[] = []
      const received: number[] = []
      let refused = 0
      const send = (value: number): void => {
        if (control.trySendRequest(value)) sent.push(value)
      }
      const receive = (): void => void data.drainRequests(received, 1 + draw.below(3))
      const attempt = (call: () => void): void => {
        try {
          call()
        } catch (error) {
          if (!(error instanceof BridgeError)) throw error
          refused++
        }
      }
      for (let i = 0; i < 200; i++) {
        const inside = draw.below(3)
        if (inside === 0) during(() => attempt(() => send(1000 + i)))
        if (inside === 1) during(() => attempt(receive))
        if (draw.below(2) === 0) send(i)
        else receive()
      }
      during(() => undefined)
      while (data.drainRequests(received, 10) > 0) continue
      expect(received).toEqual(sent)
      expect(refused).toBeGreaterThan(0)
      data.close()
    })
  })
})

describe('a bridge between two workers', () => {
  const MESSAGES = 10_000_000

  it('loses none of ten million messages and doubles none, with random pauses on both sides', async () => {
    const { control, data } = numbers(1024)
    const worker = new Worker(new URL('./bridge-worker.mjs', import.meta.url), {
      workerData: { descriptor: data.descriptor, total: MESSAGES, seed: 7 },
    })
    control.closeWith(worker)
    // From the start: the worker may end before the last answer is looked at.
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    const failed = new Promise<never>((_resolve, reject) => worker.once('error', reject))
    const draw = new Draw(42)
    const send = async (): Promise<void> => {
      for (let i = 0; i < MESSAGES;) {
        while (i < MESSAGES && control.trySendRequest(i)) i++
        if (draw.chance(0.01)) await pause()
        else if (i < MESSAGES) await control.sendRequest(i++)
      }
    }
    const read = async (): Promise<void> => {
      for (let expected = 0; expected < MESSAGES;) {
        for (const answer of await control.recvResponses(512)) {
          if (answer !== expected + 0.5)
            throw new Error(`got ${answer}, not ${expected} and a half`)
          expected++
        }
        if (draw.chance(0.01)) await pause()
      }
    }
    await Promise.race([Promise.all([send(), read()]), failed])
    expect(await exited).toBe(0)
    expect(control.pending).toBe(0)
    expect(() => control.tryRecvResponse()).toThrow(BridgeClosedError)
  })

  it('a worker that dies closes the bridge: who waits learns it', async () => {
    const { control, data } = numbers(4)
    const worker = new Worker(new URL('./bridge-worker.mjs', import.meta.url), {
      workerData: { descriptor: data.descriptor, total: 1, seed: 1, dieAfter: 0 },
    })
    control.closeWith(worker)
    await expect(Promise.resolve(control.recvResponse())).rejects.toBeInstanceOf(BridgeClosedError)
    expect(() => control.trySendRequest(1)).toThrow(BridgeClosedError)
  })

  it('a worker that died before it was asked for closes the bridge too', async () => {
    const { control, data } = numbers(4)
    const worker = new Worker(new URL('./bridge-worker.mjs', import.meta.url), {
      workerData: { descriptor: data.descriptor, total: 1, seed: 1, dieAfter: 0 },
    })
    await new Promise((resolve) => worker.once('exit', resolve))
    control.closeWith(worker)
    expect(() => control.tryRecvResponse()).toThrow(BridgeClosedError)
    await expect(Promise.resolve(control.sendRequest(1))).rejects.toBeInstanceOf(BridgeClosedError)
  })

  function pause(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }
})
