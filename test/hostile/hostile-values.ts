/** What a program hands over by mistake, or what somebody hands over on purpose. Each is made anew, since a call may use it up. */

export interface Hostile {
  readonly name: string
  readonly make: () => unknown
}

/** What hostile objects throw when somebody looks into them: their owner's own error, which may pass through. */
export class HostileError extends Error {
  override readonly name = 'HostileError'
}

function fail(): never {
  throw new HostileError('somebody looked')
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(8)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

function resizable(): Uint8Array {
  const Resizable = ArrayBuffer as new (
    length: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer
  const buffer = new Resizable(8, { maxByteLength: 16 })
  const bytes = new Uint8Array(buffer, 4)
  ;(buffer as ArrayBuffer & { resize(length: number): void }).resize(2)
  return bytes
}

function cyclic(): object {
  const made: Record<string, unknown> = { a: [] }
  made['self'] = made
  ;(made['a'] as unknown[]).push(made)
  return made
}

function deep(): unknown[] {
  let made: unknown[] = []
  for (let i = 0; i < 20_000; i++) made = [made]
  return made
}

const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'] as const

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const of = (name: string, value: unknown): Hostile => ({ name, make: () => value })

export const HOSTILE: readonly Hostile[] = [
  of('undefined', undefined),
  of('null', null),
  of('true', true),
  of('NaN', NaN),
  of('Infinity', Infinity),
  of('-Infinity', -Infinity),
  of('-1', -1),
  of('0.5', 0.5),
  of('2 ** 53', 2 ** 53),
  of('1e308', 1e308),
  of('-1n', -1n),
  of('10n ** 30n', 10n ** 30n),
  of('an empty text', ''),
  of('half a surrogate pair', 'half \ud800'),
  of('10,001 characters', 'k'.repeat(10_001)),
  of('100,001 characters', 'v'.repeat(100_001)),
  of('__proto__', '__proto__'),
  of('a symbol', Symbol('hostile')),
  { name: 'a function', make: () => () => undefined },
  { name: 'a function that throws', make: () => fail },
  { name: 'a class', make: () => class Hostile {} },
  { name: 'an empty object', make: () => ({}) },
  { name: 'an object without a prototype', make: () => Object.create(null) as object },
  { name: 'an empty array', make: () => [] },
  { name: 'an array with a hole', make: () => [, 1] },
  { name: 'an array of arrays, 20,000 deep', make: deep },
  { name: 'a cyclic object', make: cyclic },
  { name: 'a thenable that never settles', make: () => ({ then: () => undefined }) },
  { name: 'a thenable that throws', make: () => ({ then: fail }) },
  {
    name: 'an object with a getter that throws',
    make: () => Object.defineProperty({}, 'key', { get: fail, enumerable: true }),
  },
  {
    name: 'a proxy that throws',
    make: () => new Proxy({}, Object.fromEntries(TRAPS.map((trap) => [trap, fail]))),
  },
  { name: 'a revoked proxy', make: revoked },
  { name: 'no bytes', make: () => new Uint8Array(0) },
  { name: '10,001 bytes', make: () => new Uint8Array(10_001) },
  { name: '100,001 bytes', make: () => new Uint8Array(100_001) },
  { name: 'bytes that were transferred', make: detached },
  { name: 'shared bytes', make: () => new Uint8Array(new SharedArrayBuffer(8)) },
  { name: 'bytes outside of a resized buffer', make: resizable },
  { name: 'a buffer without a view', make: () => new ArrayBuffer(8) },
  { name: 'a view of 16 bits', make: () => new Uint16Array([1, 2]) },
  { name: 'an invalid date', make: () => new Date(NaN) },
  { name: 'a map', make: () => new Map([[1, 2]]) },
]
