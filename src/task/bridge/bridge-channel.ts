/** A bridge between two workers over shared memory: both handles, and the memory between them. */
import { checkIsObject, checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { type Codec, checkCodec } from './codec.ts'
import { ControlHandle } from './control-handle.ts'
import { type BridgeDescriptor, DataHandle } from './data-handle.ts'
import { ringBytes } from './shared-ring.ts'
import { kind } from '../../native/values/kinds.ts'

/** One way of a {@link BridgeChannel}. */
export interface RingOptions<T> {
  /** How many messages it holds, from 1 on. A send above it waits. */
  readonly capacity: number
  /** How its messages become bytes. Each takes `maxBytes` of the memory, whether it needs them or not. */
  readonly codec: Codec<T>
}

/** Both ways of a {@link BridgeChannel}. */
export interface BridgeOptions<Req, Rsp> {
  /** What it is called in errors, and in the events of its pressure. Default: `bridge 1`, `bridge 2`, ... */
  readonly name?: string
  /** From the control side to the data side. */
  readonly requests: RingOptions<Req>
  /** From the data side to the control side. */
  readonly responses: RingOptions<Rsp>
}

const KNOWN = knownOptions<BridgeOptions<unknown, unknown>>('a BridgeChannel', {
  name: true,
  requests: true,
  responses: true,
})

let made = 0

/** One word of the channel's own: has the data side been pinned? */
const CHANNEL_BYTES = 64

/**
 * A bridge between two workers: requests one way, responses the other, over shared memory. Each way is a ring from one
 * producer to one consumer; nothing is posted or allocated for a message. Each send that changes how full its way is
 * (normal, throttled from 85 %, suspended from 95 %) is told on the diagnostics channel `fdbkit:pressure`.
 *
 * The worker gets the descriptor, attaches a {@link DataHandle} to it, and pins that.
 *
 * @example
 * import { Worker } from 'node:worker_threads'
 * const worker = `
 *   const { parentPort, workerData } = require('node:worker_threads')
 *   import('fdbkit/task').then(async ({ DataHandle, uint32, utf8 }) => {
 *     const data = DataHandle.attach(workerData, { requests: uint32, responses: utf8(64) }).pin()
 *     await data.sendResponse('twice is ' + 2 * (await data.recvRequest()))
 *   })
 * `
 * const bridge = new BridgeChannel({
 *   requests: { capacity: 1024, codec: uint32 },
 *   responses: { capacity: 1024, codec: utf8(64) },
 * })
 * const { descriptor } = bridge.data
 * bridge.control.closeWith(new Worker(worker, { eval: true, workerData: descriptor }))
 * await bridge.control.sendRequest(21)
 * console.log(await bridge.control.recvResponse()) // twice is 42
 */
export class BridgeChannel<Req, Rsp> {
  /** The side of the worker that made the bridge. */
  readonly control: ControlHandle<Req, Rsp>
  /** The other side: post its descriptor to a worker, or pin it here. */
  readonly data: DataHandle<Req, Rsp>

  /** @throws RangeError when a capacity is not an integer from 1 on, or a ring would be above 2 GiB. */
  constructor(options: BridgeOptions<Req, Rsp>) {
    checkOptions(KNOWN, options)
    checkIsObject(KNOWN.whose, options)
    const { requests, responses } = options
    for (const [way, of] of Object.entries({ requests, responses })) {
      checkCodec(`codec of ${way}`, (of as Partial<typeof of> | null | undefined)?.codec)
    }
    const requestBytes = ringBytes(requests.capacity, requests.codec.maxBytes)
    const responseBytes = ringBytes(responses.capacity, responses.codec.maxBytes)
    const buffer = new SharedArrayBuffer(CHANNEL_BYTES + requestBytes + responseBytes)
    const descriptor: BridgeDescriptor = {
      fdbkit: 'bridge',
      name: options.name ?? `bridge ${++made}`,
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

kind(BridgeChannel, 'BridgeChannel')
