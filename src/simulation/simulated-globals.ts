/**
 * Time, timers and chance of the workload process become the simulation's. Node's own copies of the
 * functions are replaced in its modules too, so that named imports see them.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { seededRandom } from '../native/deterministic-environment.ts'
import { currentClient } from './current-client.ts'
import type { SimulatedClient } from './simulated-client.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import { installTimers } from './simulated-timers.ts'

/** Where the simulation's calendar begins: 2020-01-01. Simulated time counts from zero. */
const EPOCH = 1_577_836_800_000

/** The top of a module runs before there is a client: it has a stream of its own. */
const TOP_LEVEL_SEED = 1

const require = createRequire(import.meta.url)

export function installSimulatedGlobals(clock: SimulatedClock): void {
  installDate(clock)
  installClocks(clock)
  const topLevel = seededRandom(TOP_LEVEL_SEED)
  const random = (): number => (currentClient()?.environment.random ?? topLevel)()
  Object.assign(Math, { random })
  installCrypto(random)
  installTimers(clientForTimer)
  syncBuiltinESMExports()
}

function clientForTimer(what: string): SimulatedClient {
  const client = currentClient()
  if (client !== undefined) return client
  throw new Error(
    `${what} needs a simulated client: there is none at the top of a module, nor in a callback that ` +
      'belongs to no client. Call it in setup, start or check.',
  )
}

function installDate(clock: SimulatedClock): void {
  const Real = Date
  const now = (): number => EPOCH + Math.floor(clock.milliseconds)
  const Simulated = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new Real(now()).toString()
    return Reflect.construct(Real, args.length === 0 ? [now()] : args, new.target)
  }
  Object.defineProperties(Simulated, {
    name: { value: 'Date', configurable: true },
    length: { value: 7, configurable: true },
    prototype: { value: Real.prototype },
    now: { value: now, writable: true, configurable: true },
    parse: { value: Real.parse.bind(Real), writable: true, configurable: true },
    UTC: { value: Real.UTC.bind(Real), writable: true, configurable: true },
  })
  const visible = { value: Simulated, writable: true, configurable: true }
  Object.defineProperty(Real.prototype, 'constructor', visible)
  Object.defineProperty(globalThis, 'Date', visible)
}

function installClocks(clock: SimulatedClock): void {
  const nanoseconds = (): bigint => BigInt(Math.round(clock.milliseconds * 1e6))
  const hrtime = (before?: [number, number]): [number, number] => {
    const time = nanoseconds() - (before ? BigInt(before[0]) * 10n ** 9n + BigInt(before[1]) : 0n)
    return [Number(time / 10n ** 9n), Number(time % 10n ** 9n)]
  }
  const milliseconds = (): number => clock.milliseconds
  process.hrtime = Object.assign(hrtime, { bigint: nanoseconds })
  process.uptime = () => clock.milliseconds / 1000
  for (const [name, value] of [
    ['now', milliseconds],
    ['timeOrigin', EPOCH],
  ] as const) {
    Object.defineProperty(performance, name, { value, configurable: true, writable: true })
  }
}

function installCrypto(random: () => number): void {
  const crypto = require('node:crypto') as Record<string, unknown>
  const fill = <T extends ArrayBufferView>(view: T): T => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256)
    return view
  }
  const synchronous = (name: string, callback: unknown): void => {
    if (callback === undefined) return
    throw new Error(`${name} with a callback can't be simulated: call it without one`)
  }
  const randomUUID = (): string => {
    const bytes = fill(Buffer.alloc(16))
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
    const hex = bytes.toString('hex')
    return [8, 12, 16, 20, 32].map((end, i) => hex.slice([0, 8, 12, 16, 20][i], end)).join('-')
  }
  const getRandomValues = <T extends ArrayBufferView>(view: T): T => fill(view)
  Object.assign(crypto, {
    randomUUID,
    randomBytes: (size: number, callback?: unknown): Buffer => {
      synchronous('randomBytes', callback)
      return fill(Buffer.alloc(size))
    },
    randomFillSync: (view: ArrayBufferView, offset = 0, size?: number): ArrayBufferView => {
      const end = size === undefined ? view.byteLength : offset + size
      fill(new Uint8Array(view.buffer, view.byteOffset + offset, end - offset))
      return view
    },
    randomFill: () => synchronous('randomFill', true),
    randomInt: (from: number, below?: number, callback?: unknown): number => {
      synchronous('randomInt', callback)
      const [low, high] = below === undefined ? [0, from] : [from, below]
      return low + Math.floor(random() * (high - low))
    },
  })
  const web = globalThis.crypto as unknown as object
  for (const [name, value] of Object.entries({ getRandomValues, randomUUID })) {
    Object.defineProperty(web, name, { value, configurable: true, writable: true })
  }
}
