/**
 * Pinning. A task, a waker or a native handle belongs to the worker that made it. `structuredClone` and
 * `postMessage` would make an empty shell of it without a word; they refuse a pinned object with a DataCloneError.
 */

/**
 * Pins an object: cloning reads its own enumerable properties, and a symbol cannot be cloned. Who only looks at it, as a
 * logger does, comes by unharmed. `what` begins the message: "a JoinHandle".
 */
export function pin(object: object, what: string): void {
  Object.defineProperty(object, 'pinned', descriptorOf(what))
}

const descriptors = new Map<string, PropertyDescriptor>()

/** One descriptor for all objects of a kind, so that they share a shape. */
function descriptorOf(what: string): PropertyDescriptor {
  let descriptor = descriptors.get(what)
  if (descriptor === undefined) {
    // Node 22 and later leave out the middle of one of more than 128 characters.
    const why = `${what} is pinned to the worker that made it: send plain data, or make it anew there`
    descriptor = { value: Symbol(why), enumerable: true }
    descriptors.set(what, descriptor)
  }
  return descriptor
}
