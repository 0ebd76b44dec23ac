// Chains on a future, beside the same chains on a promise: which handlers are called, with what, and how they end.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FDBError } from '../../src/native/errors/errors.ts'
import { nextTurn } from '../../src/testing/ground/turns.ts'
import { SEED_COUNT } from '../support/seeds.ts'
import { useFakeDatabase } from './fake-database.ts'

const made = useFakeDatabase()

const ENDS = ['value', 'nothing', 'error', 'promise', 'rejection', 'thenable', 'hostile'] as const
const LINKS = [
  'then',
  'then or else',
  'else',
  'through',
  'catch',
  'catch nothing',
  'finally',
] as const
interface Link {
  link: (typeof LINKS)[number]
  ends: (typeof ENDS)[number]
  /** There is one more of it on the same promise, beside the chain. */
  twice: boolean
}

const programs = fc.record({
  fails: fc.boolean(),
  /** The chain begins when the future is settled. */
  late: fc.boolean(),
  links: fc.array(
    fc.record<Link>({
      link: fc.constantFrom(...LINKS),
      ends: fc.constantFrom(...ENDS),
      twice: fc.boolean(),
    }),
    { maxLength: 5 },
  ),
})

const wordFor = (outcome: unknown): string =>
  outcome instanceof FDBError ? `FDBError ${outcome.code}` : String(outcome)

function end(ends: Link['ends'], name: string): unknown {
  const thenable = { then: (resolve: (value: string) => void) => resolve(`thenable ${name}`) }
  const hostile = new Proxy({}, { has: () => fail(`has ${name}`), get: () => fail(`get ${name}`) })
  const all = {
    value: () => name,
    nothing: () => undefined,
    error: () => fail(name),
    promise: () => Promise.resolve(`promised ${name}`),
    rejection: () => Promise.reject(new Error(name)),
    thenable: () => thenable,
    hostile: () => hostile,
  }
  return all[ends]()
}

function fail(text: string): never {
  throw new Error(text)
}

function addLink(of: Promise<unknown>, { link, ends }: Link, name: string, log: string[]) {
  const handler = (kind: string) => (outcome: unknown) => {
    log.push(`${kind} ${name}: ${wordFor(outcome)}`)
    return end(ends, name)
  }
  const all = {
    then: () => of.then(handler('then')),
    'then or else': () => of.then(handler('then'), handler('else')),
    else: () => of.then(undefined, handler('else')),
    through: () => of.then(null, null),
    catch: () => of.catch(handler('catch')),
    'catch nothing': () => of.catch(),
    finally: () => of.finally(() => handler('finally')('')),
  }
  return all[link]()
}

/** How each promise of the program ends, and the calls of its handlers, chain by chain. */
async function run(begin: Promise<unknown>, links: readonly Link[]): Promise<string[]> {
  const logs: string[][] = []
  const seen = (of: Promise<unknown>, log: string[]) => {
    const note = (what: string) => (outcome: unknown) => void log.push(what + wordFor(outcome))
    return of.then(note('gives '), note('fails with '))
  }
  const ended: Promise<void>[] = []
  let chain = begin
  const log: string[] = []
  for (const [at, link] of links.entries()) {
    const beside: string[] = []
    if (link.twice) ended.push(seen(addLink(chain, link, `beside ${at}`, beside), beside))
    logs.push(beside)
    chain = addLink(chain, link, String(at), log)
  }
  ended.push(seen(chain, log))
  await Promise.all(ended)
  return [...logs, log].flat()
}

test('chains on a future are as those on a promise', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async ({ fails, late, links }) => {
      const future = made.get(fails ? 'qerr:1007' : 'qvalue')
      if (late) await future.then(undefined, () => undefined)
      const got = await run(future, links)
      const promise = fails ? Promise.reject(new FDBError(1007)) : Promise.resolve('qvalue')
      expect(got).toEqual(await run(promise, links))
    }),
    { numRuns: 10 * SEED_COUNT },
  )
})

test('what a handler gives is asked how it ends, although nobody looks at the promise', async () => {
  const wraps = [
    <V extends object>(value: V) => value,
    <V extends object>(value: V) => Object.assign(() => undefined, value),
  ]
  for (const wrap of wraps) {
    let asked = 0
    const future = made.get('qvalue')
    void future.then(() => wrap({ then: () => void asked++ }))
    await future
    await nextTurn()
    expect(asked).toBe(1)
  }
})
