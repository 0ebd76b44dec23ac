// What a port refuses, and what never reaches it: the error names the call or the argument, and nothing stays taken.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkMade } from '../../src/future/handles/answers.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { assertEngine, loadContent } from '../../src/future/handles/engine-calls.ts'
import { TenantHandle } from '../../src/future/handles/tenant-handle.ts'
import { UnderWay } from '../../src/future/handles/under-way.ts'
import type { Port } from '../../src/future/port/port.ts'
import { census } from '../../src/future/owners/census.ts'
import { ringOfWorker } from '../../src/future/ring/ring.ts'
import { FDBError, FDBStateError } from '../../src/native/errors/errors.ts'
import { printable } from '../../src/native/values/printable.ts'
import { useFakeDatabase } from './fake-database.ts'

const made = useFakeDatabase()

/** A port that answers each row with a code, and knows which objects are taken. */
class AnsweringPort {
  readonly taken = new Set<number>()
  readonly writer = { word: () => undefined, bytes: () => 0 }
  readonly answer: number

  constructor(answer: number) {
    this.answer = answer
  }

  takeObject(): number {
    this.taken.add(this.taken.size)
    return this.taken.size - 1
  }

  freeObject = (object: number): boolean => this.taken.delete(object)
  destroyObject = this.freeObject
  command = (): number => 0
  flush = (): number => this.answer
}

const anyCode = fc.constantFrom(0, 0, 1515, 2104, 2130, 4100)
const anyName = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((name) => Buffer.from(name))

/** What was thrown, or undefined. */
function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

test('an object that is refused is named, and its number goes back', () => {
  fc.assert(
    fc.property(anyCode, anyName, (code, name) => {
      const port = new AnsweringPort(code) as AnsweringPort & Port
      const whole = new UnderWay('database')
      const handles = census().handles
      const error = thrownBy(() => {
        const tenant = TenantHandle.open(port, 7, whole, name)
        expect([...port.taken]).toEqual([0])
        tenant.close()
      })
      expect([...port.taken]).toEqual([])
      expect(census().handles).toBe(handles)
      if (code === 0) expect(error).toBeUndefined()
      else {
        expect(error).toBeInstanceOf(FDBError)
        expect(error).toMatchObject({ code, operation: 'openTenant' })
        expect((error as Error).message.startsWith(`tenant ${printable(name)}: `)).toBe(true)
      }
    }),
  )
})

test('what an object is named by is made for an error alone', () => {
  const port = new AnsweringPort(0) as AnsweringPort & Port
  const object = port.takeObject()
  checkMade(port, object, 'open', () => expect.unreachable())
  expect([...port.taken]).toEqual([object])
})

test('a database that the library refuses says which, and leaves nothing behind', () => {
  const before = [ringOfWorker().liveObjects, census().handles]
  const error = thrownBy(() => DatabaseHandle.open({ clusterFile: '/refused' }))
  expect(error).toMatchObject({ code: 1515, operation: 'open' })
  expect((error as Error).message).toMatch(/^database \/refused: /)
  expect([ringOfWorker().liveObjects, census().handles]).toEqual(before)
})

test('what only the embedded engine has says so on any other library', () => {
  expect(() => assertEngine('a snapshot')).toThrow(FDBStateError)
  expect(() => assertEngine('a snapshot')).toThrow(
    /^a snapshot is of the embedded engine: a cluster has nothing like it\.$/,
  )
})

const bytes = fc.uint8Array({ maxLength: 3 })
const noBytes = fc.constantFrom<unknown>(undefined, null, 7, 'secret', {}, [1], new ArrayBuffer(2))
const integer = fc.integer()
// Left out, some have a default.
const noInteger = fc.constantFrom<unknown>(null, 1.5, 2 ** 31, NaN, '1', 1n, -(2 ** 31) - 1)
const wide = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const noWide = fc.constantFrom<unknown>(null, 7, '1', 2n ** 63n, -(2n ** 63n) - 1n)

/** Its name in messages, what it takes, and what it refuses. */
type Argument = readonly [name: string, good: fc.Arbitrary<unknown>, wrong: fc.Arbitrary<unknown>]
const bytesOf = (name: string): Argument => [name, bytes, noBytes]
const range = [bytesOf('begin'), bytesOf('end')] as const
const integerOf = (name: string): Argument => [name, integer, noInteger]
const version: Argument = ['version', wide, noWide]
const snapshot: Argument = ['snapshot', fc.boolean(), fc.constant(undefined)]

/** A selector takes both of its parts apart. */
const selectorOf = (name: string): Argument[] => {
  const good = fc.record({ key: bytes, orEqual: fc.boolean(), offset: integer })
  const wrongKey = fc.record({ key: noBytes, orEqual: fc.boolean(), offset: integer })
  const wrongOffset = fc.record({ key: bytes, orEqual: fc.boolean(), offset: noInteger })
  return [
    [name, good, fc.constantFrom<unknown>(undefined, null, 'a', 5)],
    [`${name}.key`, good, wrongKey],
    [`${name}.offset`, good, wrongOffset],
  ]
}
const optionsWith = (name: string): Argument => [
  name,
  fc.constant({}),
  noInteger.map((value) => ({ [name]: value })),
]

interface Call {
  readonly of: () => object
  readonly name: string
  /** In the order of its parameters; those of one parameter are a list. */
  readonly takes: readonly (Argument | readonly Argument[])[]
}

const transaction = (): object => made.transaction
const granules = (): object => made.database.granules

const selectors = [selectorOf('begin'), selectorOf('end')]
const rangeOptions = ['limit', 'targetBytes', 'mode', 'iteration'].map(optionsWith)

const CALLS: readonly Call[] = [
  { of: transaction, name: 'get', takes: [bytesOf('key')] },
  { of: transaction, name: 'getKey', takes: [bytesOf('key'), snapshot, integerOf('offset')] },
  { of: transaction, name: 'getRange', takes: [...selectors, rangeOptions] },
  {
    of: transaction,
    name: 'getMappedRange',
    takes: [...selectors, bytesOf('mapper'), rangeOptions],
  },
  { of: transaction, name: 'set', takes: [bytesOf('key'), bytesOf('value')] },
  { of: transaction, name: 'clear', takes: [bytesOf('key')] },
  { of: transaction, name: 'clearRange', takes: range },
  {
    of: transaction,
    name: 'atomicOp',
    takes: [integerOf('mutation'), bytesOf('key'), bytesOf('param')],
  },
  { of: transaction, name: 'setReadVersion', takes: [version] },
  { of: transaction, name: 'onError', takes: [integerOf('code')] },
  { of: transaction, name: 'watch', takes: [bytesOf('key')] },
  { of: transaction, name: 'getAddressesForKey', takes: [bytesOf('key')] },
  { of: transaction, name: 'addConflictRange', takes: [...range, integerOf('type')] },
  { of: transaction, name: 'getBlobGranuleRanges', takes: [...range, integerOf('limit')] },
  {
    of: transaction,
    name: 'summarizeBlobGranules',
    takes: [...range, version, integerOf('limit')],
  },
  { of: transaction, name: 'describeBlobGranules', takes: [...range, version] },
  { of: granules, name: 'purge', takes: [...range, version] },
  { of: granules, name: 'waitForPurge', takes: [bytesOf('begin')] },
  { of: granules, name: 'list', takes: [...range, integerOf('limit')] },
  { of: granules, name: 'verify', takes: [...range, version] },
  { of: granules, name: 'flush', takes: [...range, snapshot, version] },
  { of: granules, name: 'blobbify', takes: range },
  { of: granules, name: 'blobbifyBlocking', takes: range },
  { of: granules, name: 'unblobbify', takes: range },
]

const isList = (takes: Argument | readonly Argument[]): takes is readonly Argument[] =>
  Array.isArray(takes[0])
const choices = (takes: Argument | readonly Argument[]): readonly Argument[] =>
  isList(takes) ? takes : [takes]

/** A call with one argument that is wrong, and that argument's name. */
const anyRefused = fc.constantFrom(...CALLS).chain(({ of, name, takes }) =>
  fc.nat({ max: takes.length - 1 }).chain((at) =>
    fc.constantFrom(...choices(takes[at]!)).chain(([argument, , wrong]) =>
      fc
        .tuple(...takes.map((each, i) => (i === at ? wrong : choices(each)[0]![1])))
        .map((given) => ({
          ...{ of, name, argument },
          wrong: given[at],
          run: () => (of() as Record<string, (...given: unknown[]) => unknown>)[name]!(...given),
        })),
    ),
  ),
)

test('an argument of the wrong type or size is named, its text is not, and nothing is written', () => {
  fc.assert(
    fc.property(anyRefused, ({ argument, wrong, run }) => {
      fc.pre(argument !== 'snapshot')
      const ring = ringOfWorker()
      ring.flush()
      const before = [ring.liveSlots, ring.liveObjects, census().handles]
      const error = thrownBy(run)
      const isSize = typeof wrong === 'bigint' && argument === 'version'
      expect(error).toBeInstanceOf(isSize ? RangeError : TypeError)
      expect((error as Error).message).toMatch(new RegExp(`^${argument} must be a[ n].*, not `))
      expect((error as Error).message).not.toContain('secret')
      expect([ring.liveSlots, ring.liveObjects, census().handles]).toEqual(before)
      expect(ring.writer.isEmpty).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('a text that is an argument has no null character', () => {
  for (const name of ['clusterFile', 'connectionString']) {
    for (const wrong of [7, {}, null, 'a\0b']) {
      expect(() => DatabaseHandle.open({ [name]: wrong })).toThrow(
        typeof wrong === 'string'
          ? `${name} must not contain a null character`
          : new RegExp(`^${name} must be a string, not `),
      )
    }
  }
  expect(() => DatabaseHandle.open({ clusterFile: 'a', connectionString: 'b' })).toThrow(
    'pass clusterFile or connectionString, not both',
  )
})

test('content that is loaded is bytes', () => {
  fc.assert(
    fc.property(noBytes, (content) => {
      const before = ringOfWorker().liveSlots
      expect(() => loadContent(made.database, content as Uint8Array)).toThrow(
        'content is a Uint8Array of less than 2 GiB, as it was saved',
      )
      expect(ringOfWorker().liveSlots).toBe(before)
    }),
  )
})

test('a range of granules that is inverted is refused by its first key', () => {
  const inverted = fc
    .tuple(bytes, bytes)
    .filter(([a, b]) => Buffer.compare(a, b) !== 0)
    .map(([a, b]) => (Buffer.compare(a, b) > 0 ? [a, b] : [b, a]) as [Uint8Array, Uint8Array])
  const calls = ['blobbify', 'blobbifyBlocking', 'unblobbify'] as const
  fc.assert(
    fc.property(fc.constantFrom(...calls), inverted, (name, [begin, end]) => {
      const error = thrownBy(() => made.database.granules[name](begin, end))
      expect(error).toMatchObject({ code: 2005, key: begin })
      expect((error as FDBError).operation).toMatch(/^\w*lobbify/)
    }),
  )
})
