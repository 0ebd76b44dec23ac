/**
 * Pinning. A task, a waker or a native handle belongs to the worker that made it. `structuredClone` and
 * `postMessage` would make an empty shell of it without a word; a pinned object makes them throw instead.
 */

/** Somebody tried to clone or transfer what belongs to one worker. */
export class PinnedError extends TypeError {
  override name = 'PinnedError'
}

/**
 * Pins an object: cloning reads its own enumerable properties, and the one set here throws.
 * `what` begins the message: "a JoinHandle".
 */
export function pin(object: object, what: string): void {
  Object.defineProperty(object, 'pinned', descriptorOf(what))
}

const descriptors = new Map<string, PropertyDescriptor>()

/** One descriptor for all objects of a kind, so that they share a shape. */
function descriptorOf(what: string): PropertyDescriptor {
  let descriptor = descriptors.get(what)
  if (descriptor === undefined) {
    const get = (): never => {
      throw new PinnedError(
        `${what} is pinned to the worker that made it: it cannot be cloned or sent to another worker. ` +
          'Send plain data, or make it again in that worker.',
      )
    }
    descriptor = { get, enumerable: true }
    descriptors.set(what, descriptor)
  }
  return descriptor
}
