/** The control side of a bridge: sends requests, receives responses. */
import type { Pressure } from '../../future/port/pressure.ts'
import { pin } from '../../future/owners/pinned.ts'
import type { Wait } from '../waits/wait.ts'
import { waysOf } from './data-handle.ts'
import type { BridgeCodecs, BridgeDescriptor } from './data-handle.ts'
import { Endpoint } from './endpoint.ts'
import { Consumer, Producer } from './shared-ring.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkFunction } from '../../native/values/arguments.ts'

/** Something that ends, and says so once: a `Worker` of `node:worker_threads`. */
export interface EndingWorker {
  /** The thread it runs in, from 0 on; negative once it has ended. */
  readonly threadId: number
  /** Calls back when it has ended. */
  once(event: 'exit', listener: () => void): unknown
}

/**
 * The control side of a {@link BridgeChannel}: sends requests, receives responses. It belongs to the worker that made
 * the bridge.
 *
 * @example
 * const bridge = new BridgeChannel({
 *   requests: { capacity: 2, codec: uint32 },
 *   responses: { capacity: 2, codec: uint32 },
 * })
 * using control: ControlHandle<number, number> = bridge.control
 * for (let n = 1; control.trySendRequest(n); n++);
 * console.log(control.pending, control.utilization, control.pressure) // 2 1 suspended
 */
export class ControlHandle<Req, Rsp> {
  readonly #end: Endpoint<Req, Rsp>

  /** @internal Made by BridgeChannel. */
  constructor(descriptor: BridgeDescriptor, codecs: BridgeCodecs<Req, Rsp>) {
    const [requests, responses] = waysOf(descriptor)
    const producer = new Producer(descriptor.requests, codecs.requests)
    const consumer = new Consumer(descriptor.responses, codecs.responses, responses)
    this.#end = new Endpoint(producer, consumer, [requests, responses])
    pin(this, 'a ControlHandle')
  }

  /**
   * Sends now. False: the ring is full, nothing was sent.
   *
   * @throws BridgeClosedError when the bridge is closed, MessageTooLargeError or what else the codec throws.
   */
  trySendRequest(request: Req): boolean {
    return this.#end.trySend(request)
  }

  /** Sends as soon as there is room. Throws as {@link trySendRequest} does, also while it waits. */
  sendRequest(request: Req): Wait<void> {
    return this.#end.send(request)
  }

  /** The next response if there is one; undefined if not. Throws BridgeClosedError when there will be none. */
  tryRecvResponse(): { readonly value: Rsp } | undefined {
    return this.#end.consumer.tryPop()
  }

  /** Takes up to `max` responses that are there into the array; returns how many. */
  drainResponses(target: Rsp[], max: number): number {
    return this.#end.consumer.drainInto(target, max)
  }

  /** The next response, as soon as there is one. Throws BridgeClosedError when there will be none. */
  recvResponse(): Wait<Rsp> {
    return this.#end.receive()
  }

  /** One to `max` responses, as many as are there; waits for the first. Throws as {@link recvResponse} does. */
  recvResponses(max: number): Wait<Rsp[]> {
    return this.#end.receiveMany(max)
  }

  /** Requests that wait to be received. */
  get pending(): number {
    return this.#end.producer.size
  }

  /** Requests that can wait at once. */
  get capacity(): number {
    return this.#end.producer.capacity
  }

  /** How much of the requests' ring is used: 0 to 1. */
  get utilization(): number {
    return this.#end.producer.utilization
  }

  /** How full the requests are: normal, throttled from 85 %, suspended from 95 %. */
  get pressure(): Pressure {
    return this.#end.sentPressure
  }

  /** Closes the bridge when the worker of the data side ends, however it ends; now, if it has ended. */
  closeWith(worker: EndingWorker): this {
    checkFunction('once of worker', (worker as Partial<EndingWorker> | null | undefined)?.once)
    // It says so once: who asks afterwards would wait for ever.
    if (worker.threadId < 0) this.close()
    else worker.once('exit', () => this.close())
    return this
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

kind(ControlHandle, 'ControlHandle')
