/** What goes wrong in a bridge. */

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
