// Which library `open` takes: the engine where the environment says so and no library is named, else what is named or found.
import { afterEach, expect, test, vi } from 'vitest'
import { LibraryNotFoundError, open } from '../../src/index.ts'
import { backend } from '../support/backends.ts'

const NOWHERE = '/nowhere/libfdb_c.so'

afterEach(() => vi.unstubAllEnvs())

test.each([undefined, '', 'other'])('with FDBKIT_ENGINE=%s a library is looked for', (engine) => {
  vi.stubEnv('FDBKIT_ENGINE', engine)
  vi.stubEnv('FDBKIT_LIBRARY', NOWHERE)
  expect(() => open()).toThrow(LibraryNotFoundError)
  expect(() => open()).toThrow(NOWHERE)
})

test('a library that is named goes before the engine of the environment', () => {
  vi.stubEnv('FDBKIT_ENGINE', 'embedded')
  expect(() => open({ library: NOWHERE })).toThrow(NOWHERE)
})

// A process has one client library, and that of a cluster is another one.
test.skipIf(backend.name === 'real')('the engine needs no library', () => {
  vi.stubEnv('FDBKIT_ENGINE', 'embedded')
  vi.stubEnv('FDBKIT_LIBRARY', NOWHERE)
  using db = open()
  expect(db.closed).toBe(false)
})
