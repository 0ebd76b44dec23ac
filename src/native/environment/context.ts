// What differs from run to run, and is passed in therefore: clock, timers, chance, and the async context of a callback.
/**
 * The async context of who registered a callback (the stores of `AsyncLocalStorage`, and all that hangs on them),
 * carried to where the callback runs: nothing is called back in the context of whoever happens to wake it.
 *
 * Up to Node 22 stores are properties of the resource that executes; later a frame, of which an AsyncResource keeps the
 * one it was made in. Both are carried by an AsyncResource, and both are looked at through its own symbols.
 */
import { AsyncLocalStorage, AsyncResource, executionAsyncResource } from 'node:async_hooks'

/** The type of the resources that carry a context, for async hooks. */
export const CONTEXT_TYPE = 'FDBKIT_CONTEXT'

/** Undefined: no store is set in it. */
export type Context = AsyncResource | undefined

type Stores = Record<symbol, unknown>

/** A resource without stores, which knows when somebody sets one on it. */
class EmptyResource extends AsyncResource {
  /** Its own, since what it inherits is looked up slowly. */
  readonly run = this.runInAsyncScope.bind(this)

  constructor() {
    super(CONTEXT_TYPE)
    wash(this)
  }
}

/** The symbols of the numbers that a resource has: they are no stores. */
const numbers = findNumbers()
/** Which symbol of a resource is its frame; undefined: stores are properties of their own. */
const frame = findFrame()
/** What executes when nothing asynchronous has called. Learned while no store is in use: then it has none. */
let top: object | undefined
/** A callback without a store has set one in the empty context. */
let stained = false
const empty = new EmptyResource()

if (frame === undefined) {
  notice(empty, () => (stained = true))
  // In a microtask, and while promises carry nothing, nothing else is on the stack.
  void Promise.resolve().then(() => {
    const resource = executionAsyncResource()
    if (Reflect.ownKeys(resource).length > 0 || !Object.isExtensible(resource)) return
    const prototype = Object.getPrototypeOf(resource) as object | null
    if (prototype !== Object.prototype) return
    top = resource
    notice(resource, () => {
      top = undefined
      Object.setPrototypeOf(resource, prototype)
    })
  })
}

/** The context that runs now. Costs next to nothing as long as the program uses no store. */
export const captureContext: () => Context = frame === undefined ? captureStores : captureFrame

function captureStores(): Context {
  const resource = executionAsyncResource()
  if (resource === top || (resource === empty && !stained)) return undefined
  return new AsyncResource(CONTEXT_TYPE)
}

function captureFrame(): Context {
  const resource = new AsyncResource(CONTEXT_TYPE)
  return (resource as unknown as Stores)[frame as symbol] === undefined ? undefined : resource
}

/** Calls back in a context that was captured. A store that it sets with `enterWith` leaks nowhere else. */
export function runIn<A, R>(context: Context, callback: (argument: A) => R, argument: A): R {
  return context === undefined
    ? runInEmpty(callback, argument)
    : context.runInAsyncScope(callback, undefined, argument)
}

/** Like {@link runIn}, for what is called more than once: each call finds the context as it was captured. */
export function runInCopy<A, R>(context: Context, callback: (argument: A) => R, argument: A): R {
  if (context === undefined || frame !== undefined) return runIn(context, callback, argument)
  return context.runInAsyncScope(() =>
    new AsyncResource(CONTEXT_TYPE).runInAsyncScope(callback, undefined, argument),
  )
}

/** Calls back without a store, whoever calls. */
export function runInEmpty<A, R>(callback: (argument: A) => R, argument: A): R {
  // Somebody's store is set on it further up the stack.
  if (stained) return new EmptyResource().run(callback, undefined, argument)
  try {
    return empty.run<A, R>(callback as never, undefined, argument)
  } finally {
    cleanEmpty()
  }
}

/**
 * One who runs in the empty context already may call many back there, and take away behind each what it has set: that
 * is cheaper than to enter it for each. Not where the context is a frame.
 */
export const CAN_CLEAN_EMPTY = frame === undefined

/** Takes away what a callback has set in the empty context. */
export function cleanEmpty(): void {
  if (!stained) return
  wash(empty)
  stained = false
}

/** A context of its own: a copy of the one it is made in, which keeps what is set while it runs. */
export class OwnContext {
  /** Undefined while it is empty, as it mostly is: to make one costs more than to run in it. */
  #resource = captureContext()

  run<A, R>(callback: (argument: A) => R, argument: A): R {
    // Somebody's store is set on the empty resource further up the stack: it needs one of its own.
    if (this.#resource === undefined && stained) this.#resource = new EmptyResource()
    if (this.#resource === undefined) return empty.run(runAndKeep<A, R>, this, callback, argument)
    if (frame === undefined) return this.#resource.runInAsyncScope(callback, undefined, argument)
    return this.#resource.runInAsyncScope(runAndKeep<A, R>, this, callback, argument)
  }

  /** Keeps a copy of the context in force, if a store is set in it. */
  keep(): void {
    if (stained || frame !== undefined) this.#resource = captureContext()
    cleanEmpty()
  }
}

function runAndKeep<A, R>(this: OwnContext, callback: (argument: A) => R, argument: A): R {
  try {
    return callback(argument)
  } finally {
    this.keep()
  }
}

/** Takes every store away. What stays are the numbers of the resource. */
function wash(resource: AsyncResource): void {
  const stores = resource as unknown as Stores
  for (const symbol of Object.getOwnPropertySymbols(resource)) {
    if (symbol === frame) stores[symbol] = undefined
    else if (!numbers.has(symbol)) delete stores[symbol]
  }
}

/**
 * Tells when a store is set that a resource did not have. To look for one each time would cost more than all the rest:
 * they are symbols of Node's own. Only a new property gets to what is behind the resource in its chain.
 */
function notice(resource: object, tell: () => void): void {
  const handler: ProxyHandler<object> = {
    set: (_target, key, store: unknown, receiver: object) => {
      tell()
      const property = { value: store, writable: true, enumerable: true, configurable: true }
      return Reflect.defineProperty(receiver, key, property)
    },
  }
  Object.setPrototypeOf(resource, new Proxy(Object.getPrototypeOf(resource) as object, handler))
}

/** Two resources, since a store could be one of the numbers of one by chance. */
function findNumbers(): ReadonlySet<symbol> {
  const resources = [1, 2].map((triggerAsyncId) => {
    return new AsyncResource(CONTEXT_TYPE, { triggerAsyncId })
  })
  const isNumber = (symbol: symbol): boolean =>
    resources.every((r) => (r as unknown as Stores)[symbol] === r.asyncId()) ||
    resources.every((r) => (r as unknown as Stores)[symbol] === r.triggerAsyncId())
  return new Set(Object.getOwnPropertySymbols(resources[0]).filter(isNumber))
}

/** In a resource of its own, so that the store that shows it leaves nothing behind. */
function findFrame(): symbol | undefined {
  const outside = new AsyncResource(CONTEXT_TYPE)
  const storage = new AsyncLocalStorage<object>()
  const inside = outside.runInAsyncScope(() =>
    storage.run(outside, () => new AsyncResource(CONTEXT_TYPE)),
  )
  storage.disable()
  const before = outside as unknown as Stores
  const stores = inside as unknown as Stores
  return Object.getOwnPropertySymbols(inside).find(
    (symbol) =>
      !numbers.has(symbol) && stores[symbol] !== outside && stores[symbol] !== before[symbol],
  )
}
