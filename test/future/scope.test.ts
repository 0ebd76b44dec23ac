// What a scope owns: handles that were made, and none that could not be made.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { census } from '../../src/future/owners/census.ts'
import { HandleScope } from '../../src/future/owners/handle-scope.ts'
import { enterSurroundings } from '../../src/future/owners/surroundings.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { Ring } from '../../src/future/ring/ring.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import { FDBBusyError } from '../../src/native/errors/errors.ts'
import { embeddedLibrary } from '../../src/native/library/library.ts'
import { startNetwork } from '../../src/native/library/network.ts'

const NAME = Buffer.from('name')
let ring: Ring

beforeAll(() => {
  startNetwork({ library: embeddedLibrary() })
  ring = new Ring({ objects: 4 })
})

afterAll(() => {
  expect(ring.liveObjects).toBe(0)
  expect(census().handles).toBe(0)
  ring.close()
})

/** Runs the body in a scope, which is disposed of afterwards. */
function inScope(body: (scope: HandleScope) => void): void {
  const scope = new HandleScope()
  const before = enterSurroundings({ environment: hostEnvironment, scope })
  try {
    body(scope)
  } finally {
    enterSurroundings(before)
  }
  scope.dispose()
}

test('a handle is a member from when it is made until it is given back', () => {
  inScope((scope) => {
    const database = DatabaseHandle.open({}, ring)
    const tenant = database.openTenant(NAME)
    const transactions = [database.createTransaction(), tenant.createTransaction()]
    expect(scope.size).toBe(4)
    for (const transaction of transactions) transaction.destroy()
    tenant.close()
    expect(scope.size).toBe(1)
  })
})

test('a handle that could not be made is no member, and does not disturb the end of the scope', () => {
  inScope((scope) => {
    const database = DatabaseHandle.open({}, ring)
    const tenant = database.openTenant(NAME)
    expect(() => database.openTenant('name' as never)).toThrow(TypeError)
    expect(scope.size).toBe(2)

    for (let i = 0; i < 2; i++) database.createTransaction()
    expect(scope.size).toBe(4)
    expect(() => database.createTransaction()).toThrow(FDBBusyError)
    expect(() => tenant.createTransaction()).toThrow(FDBBusyError)
    expect(() => database.openTenant(NAME)).toThrow(FDBBusyError)
    expect(() => DatabaseHandle.open({}, ring)).toThrow(FDBBusyError)
    expect(scope.size).toBe(4)
    expect(ring.liveObjects).toBe(4)
  })
})

test('however many are members, those that were not given back are disposed of, the youngest first', () => {
  const lives = fc.array(fc.boolean(), { maxLength: 400 })
  fc.assert(
    fc.property(lives, (kept) => {
      const scope = new HandleScope()
      const disposed: number[] = []
      const handles = kept.map((_, i) => ({ [Symbol.dispose]: () => void disposed.push(i) }))
      for (const [i, handle] of handles.entries()) {
        const membership = scope.adopt(handle)
        if (kept[i] !== true) membership.leave()
      }
      const living = kept.flatMap((stays, i) => (stays ? [i] : []))
      expect(scope.size).toBe(living.length)
      scope.dispose()
      expect(disposed).toEqual(living.reverse())
      scope.dispose()
      expect([disposed.length, scope.size]).toEqual([living.length, 0])
    }),
  )
})

test('entries of forgotten handles are swept out, and no others', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const scope = new HandleScope()
  const held: Disposable[] = []
  const makeOne = (): Disposable => ({ [Symbol.dispose]: () => {} })
  const [rounds, forgotten] = [20, 100]
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < forgotten; i++) scope.adopt(makeOne())
    held.push(makeOne())
    scope.adopt(held.at(-1) as Disposable)
    // What was made in a turn is kept until it ends.
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  expect(scope.size).toBeGreaterThanOrEqual(held.length)
  // At most twice what was alive at a sweep: what is held, and what a turn made.
  expect(scope.size).toBeLessThanOrEqual(2 * (held.length + forgotten))
})
