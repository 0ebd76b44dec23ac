// A commit that is refused for a key, or the size of a value, says which.
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { FDBError, MutationType } from '../../src/index.ts'
import type { Transaction } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
const db = emptyScope(database, 'blamed-keys')
afterAll(() => database.close())

interface Fault {
  readonly code: number
  /** Writes what the commit is refused for, and gives the key. */
  readonly commit: (tn: Transaction, name: string) => Buffer
}

const LARGE = Buffer.alloc(100_001)
const root = database.getRoot()

const FAULTS: Readonly<Record<string, Fault>> = {
  'a large value': {
    code: 2103,
    commit: (tn, name) => written(tn, Buffer.from(name), LARGE),
  },
  'a large operand': {
    code: 2103,
    commit: (tn, name) => {
      tn.atomicOp(MutationType.ByteMax, name, LARGE)
      return Buffer.from(name)
    },
  },
  'a large key': {
    code: 2102,
    commit: (tn, name) => written(tn, Buffer.from(name.padEnd(10_001, '.')), Buffer.from('x')),
  },
  'a key of the system': {
    code: 2004,
    commit: (tn, name) => written(tn, Buffer.from(`\xff/${name}`, 'latin1'), Buffer.from('x')),
  },
  'a cleared key of the system': {
    code: 2004,
    commit: (tn, name) => {
      const key = Buffer.from(`\xff/${name}`, 'latin1')
      tn.at(root).clear(key)
      return key
    },
  },
  'a range into the system': {
    code: 2004,
    commit: (tn, name) => {
      const end = Buffer.from(`\xff/${name}`, 'latin1')
      tn.at(root).clearRange('a', end)
      return end
    },
  },
}

/** In the root, so that the key is what it is. */
function written(tn: Transaction, key: Buffer, value: Buffer): Buffer {
  const buffer = Buffer.from(key)
  tn.at(root).set(buffer, value)
  // The program may reuse its buffer.
  buffer.fill(0)
  return key
}

test('the first that is to blame is named, among writes that are fine', async () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-m]{1,8}$/), { minLength: 1, maxLength: 6 })
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.keys(FAULTS)),
    names,
    fc.nat(),
    async (name, keys, at) => {
      const { code, commit } = FAULTS[name]!
      let blamed: Buffer | undefined
      const error = await db
        .doTransaction((tn) => {
          keys.forEach((key, index) => {
            tn.set(key, 'fine')
            if (index === at % keys.length) blamed = commit(tn.at(root), key)
          })
        })
        .catch((thrown: unknown) => thrown)
      expect(error, name).toBeInstanceOf(FDBError)
      expect((error as FDBError).code, name).toBe(code)
      expect(Buffer.from((error as FDBError).key ?? []), name).toEqual(blamed)
      expect((error as FDBError).message).toContain('commit of ')
    },
  )
  await fc.assert(property, { numRuns: 40 })
})

test('a commit that fails for something else blames none of them', async () => {
  using tn = db.createTransaction()
  tn.setOption('access_system_keys')
  tn.at(root).set(Buffer.from('\xff/blamed', 'latin1'), 'x')
  tn.cancel()
  const error = await tn.commit().then(undefined, (thrown: unknown) => thrown)
  expect((error as FDBError).key).toBeUndefined()
})

test('a transaction that was reset forgets them', async () => {
  using tn = db.createTransaction()
  tn.set('large', LARGE)
  tn.reset()
  tn.at(root).set(Buffer.from('\xff/second', 'latin1'), 'x')
  const error = await tn.commit().then(undefined, (thrown: unknown) => thrown)
  expect(String((error as FDBError).key)).toBe(String(Buffer.from('\xff/second', 'latin1')))
})
