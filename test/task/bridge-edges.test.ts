// Pressure, codecs that throw, and codecs that write too much: against models, over random programs.
import { describe, expect, it } from 'vitest'
import { pressureChannel, pressureOf, type PressureEvent } from '../../src/future/port/pressure.ts'
import {
  BridgeChannel,
  BridgeClosedError,
  BridgeCodecError,
  type Codec,
  MessageTooLargeError,
  uint32,
} from '../../src/task/index.ts'
import { forSeeds, forSeedsAsync } from '../support/seeds.ts'
import { Draw } from './helpers.ts'

function listening(use: (events: PressureEvent[]) => void): void {
  const events: PressureEvent[] = []
  const listen = (event: unknown): void => void events.push(event as PressureEvent)
  pressureChannel.subscribe(listen)
  try {
    use(events)
  } finally {
    pressureChannel.unsubscribe(listen)
  }
}

describe('the pressure of a bridge', () => {
  it('is told by every send that changes it, with name, direction and utilization', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const capacity = 1 + draw.below(40)
      const { control, data: unpinned } = new BridgeChannel({
        name: `bridge of ${seed}`,
        requests: { capacity, codec: uint32 },
        responses: { capacity, codec: uint32 },
      })
      const data = unpinned.pin()
      const size = { requests: 0, responses: 0 }
      const step = { requests: 'normal', responses: 'normal' }
      const sends = {
        requests: [() => control.trySendRequest(1), () => poll(control.sendRequest(1))],
        responses: [
          () => data.trySendResponse(1),
          () => poll(data.sendResponse(1)),
          () => data.sendResponseBlocking(1, 0),
        ],
      }
      listening((events) => {
        const expected: PressureEvent[] = []
        for (let i = 0; i < 300; i++) {
          const direction = draw.pick(['requests', 'responses'] as const)
          if (draw.chance(0.6)) {
            draw.pick(sends[direction])()
            size[direction] = Math.min(capacity, size[direction] + 1)
            const utilization = size[direction] / capacity
            const [from, to] = [step[direction] as 'normal', pressureOf(utilization)]
            const bridge = `bridge of ${seed}`
            if (from !== to) expected.push({ from, to, utilization, bridge, direction })
            step[direction] = to
          } else {
            const max = 1 + draw.below(6)
            if (direction === 'requests') data.drainRequests([], max)
            else control.drainResponses([], max)
            size[direction] = Math.max(0, size[direction] - max)
          }
          expect(events).toEqual(expected)
          const used = size.requests / capacity
          expect([control.utilization, data.utilization]).toEqual([used, used])
          expect([control.capacity, data.capacity]).toEqual([capacity, capacity])
        }
      })
    })
  })

  it('is told without a name of its own too', () => {
    const { control } = new BridgeChannel({
      requests: { capacity: 1, codec: uint32 },
      responses: { capacity: 1, codec: uint32 },
    })
    listening((events) => {
      control.trySendRequest(1)
      expect(events).toMatchObject([{ bridge: expect.stringMatching(/^bridge \d+$/) as string }])
    })
  })
})

/** One poll of a send, which is given up when there is no room. */
function poll(wait: { poll(waker: never): unknown; unregister(): void }): void {
  const waker = { taskId: 0, refCount: 1, wake() {}, wakeByRef() {}, drop() {}, clone: () => waker }
  wait.poll(waker as never)
  wait.unregister()
}

describe('a codec that throws while it reads', () => {
  const failure = (n: number): Error => new Error(`not ${n}`)
  /** Every third message can't be read. */
  const fussy: Codec<number> = {
    ...uint32,
    read(memory, at, length) {
      const n = uint32.read(memory, at, length)
      if (n % 3 === 0) throw failure(n)
      return n
    },
  }
  const make = (capacity: number) => {
    const bridge = new BridgeChannel({
      name: 'fussy',
      requests: { capacity, codec: fussy },
      responses: { capacity, codec: fussy },
    })
    return { control: bridge.control, data: bridge.data.pin() }
  }

  it('gives an error with the place, and every other message is read, once and in order', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { control, data } = make(1 + draw.below(10))
      const ways = {
        requests: {
          send: (n: number) => control.trySendRequest(n),
          one: () => data.tryRecvRequest(),
          blocking: () => data.recvRequestBlocking(0),
          drain: (target: number[], max: number) => data.drainRequests(target, max),
        },
        responses: {
          send: (n: number) => control !== undefined && data.trySendResponse(n),
          one: () => control.tryRecvResponse(),
          blocking: () => control.tryRecvResponse(),
          drain: (target: number[], max: number) => control.drainResponses(target, max),
        },
      }
      const sent = { requests: 0, responses: 0 }
      const seen = { requests: [] as unknown[], responses: [] as unknown[] }
      const receive = (direction: 'requests' | 'responses'): void => {
        const way = ways[direction]
        const target: number[] = []
        try {
          const kind = draw.below(3)
          if (kind === 0) way.drain(target, 1 + draw.below(5))
          else {
            const next = kind === 1 ? way.one() : way.blocking()
            if (next !== undefined) target.push(next.value)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BridgeCodecError)
          const { bridge, sequence, cause, message } = error as BridgeCodecError
          expect([bridge, (error as BridgeCodecError).direction, cause]).toEqual([
            'fussy',
            direction,
            failure(sequence),
          ])
          expect(message).toContain(
            `message ${sequence} of the ${direction} of fussy: not ${sequence}`,
          )
          expect(target).toEqual([])
          seen[direction].push(sequence)
        }
        seen[direction].push(...target)
      }
      for (let i = 0; i < 200; i++) {
        const direction = draw.pick(['requests', 'responses'] as const)
        // A message is its own number, from 1 on.
        if (draw.chance(0.5)) {
          if (ways[direction].send(sent[direction] + 1)) sent[direction]++
        } else receive(direction)
      }
      for (const direction of ['requests', 'responses'] as const) {
        while (seen[direction].length < sent[direction]) receive(direction)
        expect(seen[direction]).toEqual(Array.from({ length: sent[direction] }, (_, at) => at + 1))
      }
      data.close()
    })
  })

  it('reaches who waits, and the next wait gets the next message; also when it was the last', async () => {
    await forSeedsAsync(async (seed) => {
      const draw = new Draw(seed)
      const { control, data } = make(1 + draw.below(4))
      const total = 20
      const send = async (): Promise<void> => {
        for (let n = 1; n <= total + 1; n++) await control.sendRequest(n)
        control.close()
      }
      const read = async (): Promise<number[]> => {
        const all: number[] = []
        for (;;) {
          try {
            if (draw.chance(0.5)) all.push(await data.recvRequest())
            else all.push(...(await data.recvRequests(1 + draw.below(4))))
          } catch (error) {
            if (error instanceof BridgeClosedError) return all
            all.push((error as BridgeCodecError).sequence)
          }
        }
      }
      const [, all] = await Promise.all([send(), read()])
      expect(all).toEqual(Array.from({ length: total + 1 }, (_, at) => at + 1))
    })
  })
})

describe('a codec that writes more than its size', () => {
  /** Writes so many bytes of that number, in several ways, and says how many it wrote. */
  interface Message {
    readonly bytes: number
    readonly by: 'set' | 'index' | 'view'
    readonly says?: number
  }
  const SIZE = 12
  const careless: Codec<Message> = {
    maxBytes: SIZE,
    write({ bytes, by, says = bytes }, memory, at) {
      if (by === 'set') memory.bytes.set(new Uint8Array(bytes).fill(bytes), at)
      for (let i = 0; i < bytes; i++) {
        if (by === 'index') memory.bytes[at + i] = bytes
        if (by === 'view') memory.view.setUint8(at + i, bytes)
      }
      return says
    },
    read(memory, at, length) {
      const read = memory.bytes.slice(at, at + length)
      expect(new Set(read).size).toBeLessThan(2)
      return { bytes: length, by: 'set', says: read[0] ?? 0 }
    },
  }

  it('is refused, and what is in the ring stays as it was', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const { control, data: unpinned } = new BridgeChannel({
        requests: { capacity: 1 + draw.below(4), codec: careless },
        responses: { capacity: 1, codec: uint32 },
      })
      const data = unpinned.pin()
      const expected: number[] = []
      for (let i = 0; i < 200; i++) {
        if (draw.chance(0.4)) {
          expect(data.tryRecvRequest()?.value.says).toBe(expected.shift())
          continue
        }
        const bytes = draw.below(3 * SIZE)
        const message: Message = {
          bytes,
          by: draw.pick(['set', 'index', 'view'] as const),
          ...(draw.chance(0.1) ? { says: draw.pick([-1, NaN, 1.5, undefined as never]) } : {}),
        }
        const isFull = expected.length === control.capacity
        const says = 'says' in message && message.says !== undefined ? message.says : bytes
        try {
          expect(control.trySendRequest(message)).toBe(!isFull)
          if (!isFull) {
            expect([bytes <= SIZE, Number.isInteger(says), says >= 0]).toEqual([true, true, true])
            expected.push(bytes)
          }
        } catch (error) {
          expect(isFull).toBe(false)
          if (says === bytes) expect(bytes).toBeGreaterThan(SIZE)
          // Node refuses itself where it sees it.
          const expectedKind =
            says > SIZE ? [MessageTooLargeError, RangeError] : [TypeError, RangeError]
          expect(expectedKind.some((kind) => error instanceof kind)).toBe(true)
        }
        expect(control.pending).toBe(expected.length)
      }
      data.close()
    })
  })
})
