/** What goes wrong in a bridge. */

export class BridgeError extends Error {
  override name = 'BridgeError'
}

/** The other side closed the bridge, or its worker ended. */
export class BridgeClosedError extends BridgeError {
  override name = 'BridgeClosedError'
}

/** A message does not fit its slot. Nothing was written. */
export class MessageTooLargeError extends BridgeError {
  override name = 'MessageTooLargeError'
}
