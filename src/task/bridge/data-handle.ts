/** The data side of a bridge: what may still move, and what stays where it is. */
import { threadId } from 'node:worker_threads'
import { pin } from '../../future/owners/pinned.ts'
import type { Pressure } from '../../future/port/pressure.ts'
import type { Wait } from '../waits/wait.ts'
import { type Codec, checkCodec } from './codec.ts'
import { Endpoint } from './endpoint.ts'
import { BridgeError } from './errors.ts'
import type { BridgeWay } from './errors.ts'
import { Consumer, Producer, type RingPlace } from './shared-ring.ts'
import { kind } from '../../native/values/kinds.ts'

/** A bridge as plain data, for `postMessage` and `workerData`. */
export interface BridgeDescriptor {
  /** Says what it is. */
  readonly fdbkit: 'bridge'
  /** What it is called in errors and events. */
  readonly name: string
  /** The memory that both sides share. */
  readonly buffer: SharedArrayBuffer
  /** Where the requests are in it. */
  readonly requests: RingPlace
  /** Where the responses are in it. */
  readonly responses: RingPlace
}

/** Its two ways, as errors and events tell them. */
export function waysOf({ name }: BridgeDescriptor): readonly [BridgeWay, BridgeWay] {
  return [
    { bridge: name, direction: 'requests' },
    { bridge: name, direction: 'responses' },
  ]
}

/** The codecs of both ways. */
export interface BridgeCodecs<Req, Rsp> {
  /** From the control side to the data side. */
  readonly requests: Codec<Req>
  /** From the data side to the control side. */
  readonly responses: Codec<Rsp>
}

/**
 * The data side of a {@link BridgeChannel}, before it has a place: post its `descriptor`, {@link DataHandle.attach} to it
 * in the other worker, and {@link DataHandle.pin} it there.
 *
 * @example
 * const { data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: uint32 },
 *   responses: { capacity: 16, codec: utf8(64) },
 * })
 * const posted = structuredClone(data.descriptor) // as postMessage and workerData do
 * const codecs = { requests: uint32, responses: utf8(64) }
 * using pinned = DataHandle.attach(posted, codecs).pin()
 */
export class DataHandle<Req, Rsp> {
  /** The bridge as plain data. */
  readonly descriptor: BridgeDescriptor
  readonly #codecs: BridgeCodecs<Req, Rsp>

  private constructor(descriptor: BridgeDescriptor, codecs: BridgeCodecs<Req, Rsp>) {
    this.descriptor = descriptor
    this.#codecs = codecs
    pin(this, 'a DataHandle (post its descriptor instead)')
  }

  /**
   * The data side of a bridge that was made elsewhere. The codecs must be those it was made with.
   *
   * @throws TypeError when the descriptor is none, or the codecs' sizes differ.
   */
  static attach<Req, Rsp>(
    descriptor: BridgeDescriptor,
    codecs: BridgeCodecs<Req, Rsp>,
  ): DataHandle<Req, Rsp> {
    if ((descriptor as Partial<BridgeDescriptor> | undefined)?.fdbkit !== 'bridge') {
      throw new TypeError('attach takes the descriptor of a DataHandle')
    }
    for (const way of ['requests', 'responses'] as const) {
      checkCodec(`codecs.${way}`, (codecs as Partial<typeof codecs> | null | undefined)?.[way])
      const { maxBytes } = descriptor[way]
      if (codecs[way].maxBytes !== maxBytes) {
        throw new TypeError(
          `the codec of ${way} takes ${codecs[way].maxBytes} bytes; the bridge was made for ${maxBytes}`,
        )
      }
    }
    return new DataHandle(descriptor, codecs)
  }

  /**
   * Binds the data side to this worker. Once for a bridge, whoever tries: with two consumers a ring would lose messages.
   *
   * @throws BridgeError when it is pinned already.
   */
  pin(): PinnedDataHandle<Req, Rsp> {
    const owner = new Int32Array(this.descriptor.buffer, 0, 1)
    const before = Atomics.compareExchange(owner, 0, 0, threadId + 1)
    if (before !== 0) {
      throw new BridgeError(
        `the data side of this bridge is pinned already, to worker ${before - 1}`,
      )
    }
    return new PinnedDataHandle(this.descriptor, this.#codecs)
  }
}

kind(DataHandle, 'DataHandle')

/**
 * The data side of a {@link BridgeChannel}, in the worker where it stays: receives requests, sends responses. Its
 * blocking calls are for workers that have nothing else to do.
 *
 * @example
 * const { control, data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: uint32 },
 *   responses: { capacity: 16, codec: uint32 },
 * })
 * using pinned: PinnedDataHandle<number, number> = data.pin()
 * await control.sendRequest(21)
 * for (const request of await pinned.recvRequests(16)) await pinned.sendResponse(2 * request)
 * console.log(await control.recvResponse()) // 42
 */
export class PinnedDataHandle<Req, Rsp> {
  readonly #end: Endpoint<Rsp, Req>

  /** @internal Made by DataHandle.pin. */
  constructor(descriptor: BridgeDescriptor, codecs: BridgeCodecs<Req, Rsp>) {
    const [requests, responses] = waysOf(descriptor)
    const producer = new Producer(descriptor.responses, codecs.responses)
    const consumer = new Consumer(descriptor.requests, codecs.requests, requests)
    this.#end = new Endpoint(producer, consumer, [responses, requests])
    pin(this, 'a PinnedDataHandle')
  }

  /** The next request if there is one; undefined if not. Throws BridgeClosedError when there will be none. */
  tryRecvRequest(): { readonly value: Req } | undefined {
    return this.#end.consumer.tryPop()
  }

  /** Takes up to `max` requests that are there into the array; returns how many. */
  drainRequests(target: Req[], max: number): number {
    return this.#end.consumer.drainInto(target, max)
  }

  /** The next request, as soon as there is one. Throws BridgeClosedError when there will be none. */
  recvRequest(): Wait<Req> {
    return this.#end.receive()
  }

  /** One to `max` requests, as many as are there; waits for the first. Throws as {@link recvRequest} does. */
  recvRequests(max: number): Wait<Req[]> {
    return this.#end.receiveMany(max)
  }

  /** Blocks this thread until there is a request; undefined when the time is up. */
  recvRequestBlocking(milliseconds = Infinity): { readonly value: Req } | undefined {
    return this.#end.receiveBlocking(milliseconds)
  }

  /**
   * Sends now. False: the ring is full, nothing was sent.
   *
   * @throws BridgeClosedError when the bridge is closed, MessageTooLargeError or what else the codec throws.
   */
  trySendResponse(response: Rsp): boolean {
    return this.#end.trySend(response)
  }

  /** Sends as soon as there is room. Throws as {@link trySendResponse} does, also while it waits. */
  sendResponse(response: Rsp): Wait<void> {
    return this.#end.send(response)
  }

  /** Blocks this thread until there is room; false when the time is up. */
  sendResponseBlocking(response: Rsp, milliseconds = Infinity): boolean {
    return this.#end.sendBlocking(response, milliseconds)
  }

  /** Requests that can wait at once. */
  get capacity(): number {
    return this.#end.consumer.capacity
  }

  /** How much of the requests' ring is used: 0 to 1. */
  get utilization(): number {
    return this.#end.consumer.utilization
  }

  /** How full the requests are: normal, throttled from 85 %, suspended from 95 %. */
  get pressure(): Pressure {
    return this.#end.receivedPressure
  }

  /** The data side should read less: throttled or suspended. */
  get shouldThrottle(): boolean {
    return this.pressure !== 'normal'
  }

  /** The data side should begin no new reads. */
  get shouldSuspend(): boolean {
    return this.pressure === 'suspended'
  }

  /** Ends both ways: the other side reads what is there, then gets BridgeClosedError. */
  close(): void {
    this.#end.close()
  }

  /** Closes the bridge. */
  [Symbol.dispose](): void {
    this.close()
  }
}

kind(PinnedDataHandle, 'PinnedDataHandle')
