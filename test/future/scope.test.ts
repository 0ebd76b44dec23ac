// What a scope owns: handles that were made, and none that could not be made.
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
