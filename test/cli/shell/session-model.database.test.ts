// Random commands, against a map that does what they say.
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { tuple } from '../../../src/index.ts'
import { openTestDatabase } from '../../support/database.ts'
import { SEED_COUNT } from '../../support/seeds.ts'
import { Typist } from './transcript.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

/** Keys as they are typed, printed and stored, in the order of their bytes. */
const KEYS = (
  [
    ['\\x00', '(null,)', '00'],
    ['("t",)', '("t",)', '027400'],
    ['("t", 1)', '("t", 1)', '0274001501'],
    ['("t", 2.5)', '("t", 2.5)', '02740021c004000000000000'],
    ['a', '"a"', '61'],
    ['a\\x00', '"a\\x00"', '6100'],
    ["'a b'", '"a b"', '612062'],
    ['b', '"b"', '62'],
    ['\\xfe', '"\\xfe"', 'fe'],
  ] as const
).map(([typed, shown, hex]) => ({ typed, shown, hex }))

type Key = (typeof KEYS)[number]

const shownOf = (hex: string): string => KEYS.find((key) => key.hex === hex)!.shown

type End = 'commit' | 'rollback' | 'reset'

/** The same as the shell, in memory. */
class Model {
  #committed = new Map<string, number>()
  #pending: Map<string, number> | undefined
  #wrote = false

  get #now(): Map<string, number> {
    return this.#pending ?? this.#committed
  }

  /** What a write prints. */
  #written(): string[] {
    this.#wrote = true
    return this.#pending === undefined ? ['Committed'] : []
  }

  set(key: string, value: number): string[] {
    this.#now.set(key, value)
    return this.#written()
  }

  add(key: string, value: number): string[] {
    this.#now.set(key, (this.#now.get(key) ?? 0) + value)
    return this.#written()
  }

  clear(doomed: (key: string) => boolean): string[] {
    for (const key of [...this.#now.keys()].filter(doomed)) this.#now.delete(key)
    return this.#written()
  }

  get(key: string): string[] {
    const value = this.#now.get(key)
    return [value === undefined ? `${shownOf(key)}: not found` : `${shownOf(key)} is ${value}`]
  }

  range(holds: (key: string) => boolean, limit: number, reverse: boolean): string[] {
    const found = [...this.#now].filter(([key]) => holds(key)).sort(([a], [b]) => (a < b ? -1 : 1))
    if (reverse) found.reverse()
    const lines = found.slice(0, limit).map(([key, value]) => `${shownOf(key)} is ${value}`)
    if (found.length > limit) lines.push(`# (the first ${limit} keys; --limit N gives more)`)
    return found.length === 0 ? ['# no keys'] : lines
  }

  above(key: string, orEqual: boolean): string[] {
    const found = [...this.#now.keys()]
      .sort()
      .find((each) => each > key || (orEqual && each === key))
    return [found === undefined ? 'no such key' : shownOf(found)]
  }

  begin(): string[] {
    if (this.#pending !== undefined) return ['ERROR a transaction is open already']
    this.#pending = new Map(this.#committed)
    this.#wrote = false
    return ['Transaction started']
  }

  end(how: End): string[] {
    if (this.#pending === undefined) return ['ERROR there is no transaction: `begin` opens one']
    const said = this.#wrote ? 'Committed' : 'Nothing to commit'
    if (how === 'commit') this.#committed = this.#pending
    this.#pending = how === 'reset' ? new Map(this.#committed) : undefined
    this.#wrote = false
    return [how === 'commit' ? said : `Transaction ${how === 'reset' ? 'reset' : 'rolled back'}`]
  }
}

/** A line, and what the model says to it. */
interface Step {
  readonly line: string
  apply(model: Model): string[]
}

const key = fc.constantFrom(...KEYS)
const number = fc.integer({ min: -1000, max: 1_000_000 })
/** Two different keys in order: to clear an empty range writes nothing. */
const two: fc.Arbitrary<{ from: Key; to: Key }> = fc
  .uniqueArray(key, { minLength: 2, maxLength: 2 })
  .map(([a, b]) => (a!.hex < b!.hex ? { from: a!, to: b! } : { from: b!, to: a! }))

const int64 = (value: number): string => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(key, number).map(([{ typed, hex }, value]) => ({
    line: `set ${typed} ${int64(value)}`,
    apply: (model: Model) => model.set(hex, value),
  })),
  fc.tuple(key, number).map(([{ typed, hex }, value]) => ({
    line: `add ${typed} ${value}`,
    apply: (model: Model) => model.add(hex, value),
  })),
  key.map(({ typed, hex }) => ({
    line: `get ${typed}`,
    apply: (model: Model) => model.get(hex),
  })),
  key.map(({ typed, hex }) => ({
    line: `clear ${typed}`,
    apply: (model: Model) => model.clear((each) => each === hex),
  })),
  two.map(({ from, to }) => ({
    line: `clearrange ${from.typed} ${to.typed}`,
    apply: (model: Model) => model.clear((each) => each >= from.hex && each < to.hex),
  })),
  key.map(({ typed, hex }) => ({
    line: `clearprefix ${typed}`,
    apply: (model: Model) => model.clear((each) => each.startsWith(hex)),
  })),
  fc
    .tuple(two, fc.integer({ min: 1, max: 4 }), fc.boolean())
    .map(([{ from, to }, limit, reverse]) => ({
      line: `getrange ${from.typed} ${to.typed} ${limit}${reverse ? ' --reverse' : ''}`,
      apply: (model: Model) =>
        model.range((each) => each >= from.hex && each < to.hex, limit, reverse),
    })),
  fc.tuple(key, fc.boolean()).map(([{ typed, hex }, reverse]) => ({
    line: `getrange ${typed}${reverse ? ' --reverse' : ''}`,
    apply: (model: Model) => model.range((each) => each.startsWith(hex), 25, reverse),
  })),
  fc.constant({ line: 'getrange', apply: (model: Model) => model.range(() => true, 25, false) }),
  fc.tuple(key, fc.boolean()).map(([{ typed, hex }, orEqual]) => ({
    line: `getkey ${orEqual ? '>=' : '>'} ${typed}`,
    apply: (model: Model) => model.above(hex, orEqual),
  })),
  fc.constant({ line: 'begin', apply: (model: Model) => model.begin() }),
  fc.constantFrom<End>('commit', 'rollback', 'reset').map((how) => ({
    line: how,
    apply: (model: Model) => model.end(how),
  })),
)

test('a session prints what a map would', async () => {
  const home = tuple.unpack(db.getPrefix()).map((item) => JSON.stringify(item))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await db.clearRangeStartsWith('')
      await using shell = new Typist(db.getRoot())
      expect(await shell.type(`cd (${home.join(', ')})`, 'values int')).toEqual([])
      const model = new Model()
      for (const { line, apply } of steps) {
        expect([line, ...(await shell.type(line))]).toEqual([line, ...apply(model)])
      }
    }),
    { numRuns: SEED_COUNT * 3 },
  )
})
