/** `Math.random` and the random calls of `crypto`, from the stream of the client whose code runs. */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Draws bytes from `random`, which gives numbers in [0, 1). */
export function installSimulatedChance(random: () => number): void {
  Object.assign(Math, { random })
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
  const randomBytes = (size: number, callback?: unknown): Buffer => {
    synchronous('randomBytes', callback)
    return fill(Buffer.alloc(size))
  }
  for (const old of ['pseudoRandomBytes', 'prng', 'rng']) {
    Object.defineProperty(crypto, old, { value: randomBytes, configurable: true, writable: true })
  }
  Object.assign(crypto, {
    randomUUID,
    randomBytes,
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
