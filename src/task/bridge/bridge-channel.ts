/**
 * A bridge between two workers: requests one way, responses the other, over shared memory. Each way is a ring from one
 * producer to one consumer; nothing is allocated or posted per message.
 *
 *     // the control side
 *     const bridge = new BridgeChannel({ requests: { capacity: 1024, codec: uint32 },
 *                                        responses: { capacity: 1024, codec: utf8(64) } })
 *     new Worker(file, { workerData: bridge.data.descriptor })
 *     await bridge.control.sendRequest(42)
 *     const answer = await bridge.control.recvResponse()
 *
 *     // the data side, in the worker
 *     const data = DataHandle.attach(workerData, { requests: uint32, responses: utf8(64) }).pin()
 *     for (;;) await data.sendResponse(String(await data.recvRequest()))
 */
import type { Codec } from './codec.ts'
import { ControlHandle } from './control-handle.ts'
import { type BridgeDescriptor, DataHandle } from './data-handle.ts'
import { ringBytes } from './shared-ring.ts'

export interface RingOptions<T> {
  /** How many messages it holds. */
  readonly capacity: number
  readonly codec: Codec<T>
}

export interface BridgeOptions<Req, Rsp> {
  readonly requests: RingOptions<Req>
  readonly responses: RingOptions<Rsp>
}

/** One word of the channel's own: has the data side been pinned? */
const CHANNEL_BYTES = 64

export class BridgeChannel<Req, Rsp> {
  readonly control: ControlHandle<Req, Rsp>
  readonly data: DataHandle<Req, Rsp>

  constructor(options: BridgeOptions<Req, Rsp>) {
    const { requests, responses } = options
    const requestBytes = ringBytes(requests.capacity, requests.codec.maxBytes)
    const responseBytes = ringBytes(responses.capacity, responses.codec.maxBytes)
    const buffer = new SharedArrayBuffer(CHANNEL_BYTES + requestBytes + responseBytes)
    const descriptor: BridgeDescriptor = {
      fdbkit: 'bridge',
      buffer,
      requests: {
        buffer,
        byteOffset: CHANNEL_BYTES,
        capacity: requests.capacity,
        maxBytes: requests.codec.maxBytes,
      },
      responses: {
        buffer,
        byteOffset: CHANNEL_BYTES + requestBytes,
        capacity: responses.capacity,
        maxBytes: responses.codec.maxBytes,
      },
    }
    const codecs = { requests: requests.codec, responses: responses.codec }
    this.control = new ControlHandle(descriptor, codecs)
    this.data = DataHandle.attach(descriptor, codecs)
  }
}
