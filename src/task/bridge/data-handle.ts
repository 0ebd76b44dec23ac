/**
 * The data side of a bridge. A DataHandle is what may still move: its `descriptor` is plain data to be posted. `pin()`
 * makes it a PinnedDataHandle, once, in the worker where it stays: with two consumers a ring would lose messages.
 */
import { threadId } from 'node:worker_threads'
import { pin } from '../../future/pinned.ts'
import type { Pressure } from '../../future/pressure.ts'
import type { Wait } from '../wait.ts'
import type { Codec } from './codec.ts'
import { Endpoint } from './endpoint.ts'
import { BridgeError } from './errors.ts'
import { Consumer, Producer, type RingPlace } from './shared-ring.ts'

/** A bridge as plain data, for `postMessage` and `workerData`. */
export interface BridgeDescriptor {
  readonly fdbkit: 'bridge'
  readonly buffer: SharedArrayBuffer
  readonly requests: RingPlace
  readonly responses: RingPlace
}

export interface BridgeCodecs<Req, Rsp> {
  readonly requests: Codec<Req>
  readonly responses: Codec<Rsp>
}

export class DataHandle<Req, Rsp> {
  readonly descriptor: BridgeDescriptor
  readonly #codecs: BridgeCodecs<Req, Rsp>

  private constructor(descriptor: BridgeDescriptor, codecs: BridgeCodecs<Req, Rsp>) {
    this.descriptor = descriptor
    this.#codecs = codecs
    pin(this, 'a DataHandle (post its descriptor instead)')
  }

  /** The data side of a bridge that was made elsewhere. The codecs must be those it was made with. */
  static attach<Req, Rsp>(
    descriptor: BridgeDescriptor,
    codecs: BridgeCodecs<Req, Rsp>,
  ): DataHandle<Req, Rsp> {
    if ((descriptor as Partial<BridgeDescriptor> | undefined)?.fdbkit !== 'bridge') {
      throw new TypeError('attach takes the descriptor of a DataHandle')
    }
    for (const way of ['requests', 'responses'] as const) {
      const { maxBytes } = descriptor[way]
      if (codecs[way].maxBytes !== maxBytes) {
        throw new TypeError(
          `the codec of ${way} takes ${codecs[way].maxBytes} bytes; the bridge was made for ${maxBytes}`,
        )
      }
    }
    return new DataHandle(descriptor, codecs)
  }

  /** Binds the data side to this worker. Once for a bridge, whoever tries. */
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

export class PinnedDataHandle<Req, Rsp> {
  readonly #end: Endpoint<Rsp, Req>

  /** @internal Made by DataHandle.pin. */
  constructor(descriptor: BridgeDescriptor, codecs: BridgeCodecs<Req, Rsp>) {
    const producer = new Producer(descriptor.responses, codecs.responses)
    const consumer = new Consumer(descriptor.requests, codecs.requests)
    this.#end = new Endpoint(producer, consumer)
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

  recvRequest(): Wait<Req> {
    return this.#end.receive()
  }

  /** One to `max` requests, as many as are there. */
  recvRequests(max: number): Wait<Req[]> {
    return this.#end.receiveMany(max)
  }

  /** Blocks this thread until there is a request; undefined when the time is up. */
  recvRequestBlocking(milliseconds = Infinity): { readonly value: Req } | undefined {
    return this.#end.receiveBlocking(milliseconds)
  }

  /** Sends now. False: the ring is full, nothing was sent. Throws BridgeClosedError. */
  trySendResponse(response: Rsp): boolean {
    return this.#end.producer.tryPush(response)
  }

  /** Sends as soon as there is room. */
  sendResponse(response: Rsp): Wait<void> {
    return this.#end.send(response)
  }

  /** Blocks this thread until there is room; false when the time is up. */
  sendResponseBlocking(response: Rsp, milliseconds = Infinity): boolean {
    return this.#end.sendBlocking(response, milliseconds)
  }

  /** How full the requests are: the data side decides by it how deep to read. */
  get pressure(): Pressure {
    return this.#end.pressureOf(this.#end.consumer)
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

  [Symbol.dispose](): void {
    this.close()
  }
}
