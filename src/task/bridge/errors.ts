/** What goes wrong in a bridge. */
import { describe } from '../core/errors.ts'
import { brand } from '../../native/values/kinds.ts'

/** One of the two ways of a bridge. */
export interface BridgeWay {
  /** The name of the bridge. */
  readonly bridge: string
  readonly direction: 'requests' | 'responses'
}

/**
 * A bridge is used as it can't be: its data side is pinned already.
 *
 * @example
 * const { data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: uint32 },
 *   responses: { capacity: 16, codec: uint32 },
 * })
 * using pinned = data.pin()
 * try {
 *   data.pin()
 * } catch (error) {
 *   console.log(error instanceof BridgeError) // true
 * }
 */
export class BridgeError extends Error {
  override name = 'BridgeError'
}

brand(BridgeError, 'BridgeError')

/**
 * The bridge was closed, by either side or because its worker ended, and nothing is left to read.
 *
 * @example
 * const { control, data } = new BridgeChannel({
 *   requests: { capacity: 16, codec: uint32 },
 *   responses: { capacity: 16, codec: uint32 },
 * })
 * data.pin().close()
 * try {
 *   await control.recvResponse()
 * } catch (error) {
 *   console.log(error instanceof BridgeClosedError) // true
 * }
 */
export class BridgeClosedError extends BridgeError {
  override name = 'BridgeClosedError'
}

brand(BridgeClosedError, 'BridgeClosedError')

/**
 * A codec threw while it read a message. That message is left out; the next call reads the one behind it. What the codec
 * threw is the `cause`.
 *
 * @example
 * const fussy = { ...uint32, read: () => { throw new Error('not today') } }
 * const { control, data } = new BridgeChannel({
 *   name: 'prices',
 *   requests: { capacity: 16, codec: fussy },
 *   responses: { capacity: 16, codec: uint32 },
 * })
 * control.trySendRequest(7)
 * try {
 *   data.pin().tryRecvRequest()
 * } catch (error) {
 *   if (error instanceof BridgeCodecError) console.log(error.bridge, error.direction, error.sequence) // prices requests 1
 * }
 */
export class BridgeCodecError extends BridgeError {
  override name = 'BridgeCodecError'
  /** Name of the bridge. */
  readonly bridge: string
  /** Which of its two ways. */
  readonly direction: 'requests' | 'responses'
  /** Which message of this way: 1, 2, 3, ... */
  readonly sequence: number

  /** @internal */
  constructor({ bridge, direction }: BridgeWay, sequence: number, cause: unknown) {
    super(
      `the codec threw while it read message ${sequence} of the ${direction} of ${bridge}: ` +
        `${describe(cause)}. The message is left out`,
      { cause },
    )
    this.bridge = bridge
    this.direction = direction
    this.sequence = sequence
  }
}

brand(BridgeCodecError, 'BridgeCodecError')

/**
 * A message does not fit its slot. Nothing was written.
 *
 * @example
 * const { control } = new BridgeChannel({
 *   requests: { capacity: 16, codec: utf8(5) },
 *   responses: { capacity: 16, codec: uint32 },
 * })
 * try {
 *   control.trySendRequest('too long')
 * } catch (error) {
 *   console.log(error instanceof MessageTooLargeError) // true
 * }
 */
export class MessageTooLargeError extends BridgeError {
  override name = 'MessageTooLargeError'
}

brand(MessageTooLargeError, 'MessageTooLargeError')
