// Every call that takes a database, a transaction or a part of the key space says which argument was another thing.
import { afterAll, describe, expect, test } from 'vitest'
import type ts from 'typescript'
import * as compat from '../../src/compat/index.ts'
import * as main from '../../src/index.ts'
import * as recipes from '../../src/recipes/index.ts'
import * as testing from '../../src/testing/index.ts'
import { tracedTransactions } from '../../src/tracing/index.ts'
import { publicCalls, publicProgram } from './public-api.ts'

const db = main.openEmbedded()
process.env['FDBKIT_ENGINE'] = 'embedded'
const peer = compat.open()
const tn = db.createTransaction()
const peerTn = (
  peer as unknown as main.Database
).createTransaction() as unknown as compat.Transaction
const queue = new recipes.Queue(db.at('queue/'))
await queue.push('a')
const message = (await queue.receive())!
const held = await new recipes.Lock(db.at('lock/')).acquire()
const users = await main.directory.createOrOpen(db, ['users'])
const priority = new recipes.PriorityQueue(db.at('p/'))
const counter = new recipes.ShardedCounter(db.at('c/'))
const table = new recipes.IndexedTable(db.at('t/').withValueEncoding(main.encoders.string), {
  length: (value: string) => [[value.length]],
})
afterAll(async () => {
  await held.release()
  for (const open of [tn, peerTn as unknown as main.Transaction, peer, db]) open.close()
})

/** What a parameter is declared as, that is a scope of some kind. */
const SCOPES = new Set([
  ...['Database', 'Tenant', 'Transaction', 'AnyScope', 'AnyTransaction', 'ScanScope'],
  ...['Subspace', 'GetSubspace', 'DatabaseOrTransaction', 'AnyDatabaseOrTransaction'],
])

type Call = (given: never) => unknown

/** Each such call, by the name it has in the documentation, with a wrong argument in its place. */
const CALLS: Readonly<Record<string, Call>> = {
  ...directoryCalls('fdbkit Directory', users),
  ...directoryCalls('fdbkit DirectoryLayer', main.directory),
  'fdbkit Database.at scope': (given) => db.at(given),
  'fdbkit Transaction.at scope': (given) => tn.at(given),
  'fdbkit/compat Database.at scope': (given) => peer.at(given),
  'fdbkit/compat Transaction.at scope': (given) => peerTn.at(given),
  'fdbkit/compat Transaction.scopedTo db': (given) => peerTn.scopedTo(given),
  'fdbkit HighContentionAllocator.allocate scope': (given) =>
    new main.HighContentionAllocator(db.at('a/')).allocate(given),
  'fdbkit new HighContentionAllocator subspace': (given) => new main.HighContentionAllocator(given),
  'fdbkit longScan db': (given) => main.longScan(given, 'a', 'b').next(),
  'fdbkit versionAtTime tn': (given) => main.versionAtTime(given, 0, 'before'),
  'fdbkit/recipes Blob.sizeIn tn': (given) => new recipes.Blob(db.at('b/')).sizeIn(given),
  'fdbkit/recipes HeldLease.guard tn': (given) => held.guard(given),
  'fdbkit/recipes IndexedTable.clear tn': (given) => table.clear(given, 'a'),
  'fdbkit/recipes IndexedTable.find tn': (given) => table.find(given, 'length', []),
  'fdbkit/recipes IndexedTable.get tn': (given) => table.get(given, 'a'),
  'fdbkit/recipes IndexedTable.set tn': (given) => table.set(given, 'a', 'b'),
  'fdbkit/recipes PriorityQueue.popIn tn': (given) => priority.popIn(given),
  'fdbkit/recipes PriorityQueue.pushIn tn': (given) => priority.pushIn(given, 1, 'a'),
  'fdbkit/recipes Queue.popIn tn': (given) => queue.popIn(given),
  'fdbkit/recipes Queue.pushIn tn': (given) => queue.pushIn(given, 'a'),
  'fdbkit/recipes QueueMessage.ackIn tn': (given) => message.ackIn(given),
  'fdbkit/recipes ShardedCounter.addIn tn': (given) => counter.addIn(given, 1),
  'fdbkit/recipes ShardedCounter.valueIn tn': (given) => counter.valueIn(given),
  'fdbkit/recipes Topic.publishIn tn': (given) =>
    new recipes.Topic(db.at('topic/')).publishIn(given, 'a'),
  'fdbkit/recipes new Blob db': (given) => new recipes.Blob(given),
  'fdbkit/recipes new IndexedTable db': (given) => new recipes.IndexedTable(given, {}),
  'fdbkit/recipes new LeaderElection db': (given) => new recipes.LeaderElection(given, 'me'),
  'fdbkit/recipes new Lock db': (given) => new recipes.Lock(given),
  'fdbkit/recipes new Once db': (given) => new recipes.Once(given),
  'fdbkit/recipes new PriorityQueue db': (given) => new recipes.PriorityQueue(given),
  'fdbkit/recipes new Queue db': (given) => new recipes.Queue(given),
  'fdbkit/recipes new RateLimiter db': (given) =>
    new recipes.RateLimiter(given, { capacity: 1, perSecond: 1 }),
  'fdbkit/recipes new ShardedCounter db': (given) => new recipes.ShardedCounter(given),
  'fdbkit/recipes new Topic db': (given) => new recipes.Topic(given),
  'fdbkit/testing injectFaults db': (given) => testing.injectFaults(given, {}, 0),
  'fdbkit/testing restore db': (given) => testing.restore(given, new Uint8Array(0)),
  'fdbkit/testing snapshot db': (given) => testing.snapshot(given),
  'fdbkit/tracing tracedTransactions db': (given) => tracedTransactions(given),
}

function directoryCalls(
  name: string,
  directory: main.Directory | main.DirectoryLayer,
): Record<string, Call> {
  const calls: Record<string, Call> = {
    create: (given) => directory.create(given, 'x'),
    createOrOpen: (given) => directory.createOrOpen(given, 'x'),
    exists: (given) => directory.exists(given, 'x'),
    list: (given) => directory.list(given, []).next(),
    listAll: (given) => directory.listAll(given, []),
    move: (given) => directory.move(given, 'x', 'y'),
    moveTo: (given) => directory.moveTo(given, 'y'),
    open: (given) => directory.open(given, 'x'),
    remove: (given) => directory.remove(given, 'x'),
    removeIfExists: (given) => directory.removeIfExists(given, 'x'),
  }
  return Object.fromEntries(
    Object.entries(calls).map(([call, run]) => [`${name}.${call} scope`, run]),
  )
}

/** The parameters of all public calls that are declared as a scope. */
function scopeParameters(): string[] {
  const program = publicProgram()
  const checker = program.getTypeChecker()
  const namesOf = (type: ts.Type): string[] =>
    type.isUnion()
      ? type.types.flatMap(namesOf)
      : [type.aliasSymbol, type.symbol].flatMap((symbol) => symbol?.name ?? [])
  const found = publicCalls(program).flatMap(({ name, signature }) =>
    signature.parameters.flatMap((parameter) => {
      const type = checker.getTypeOfSymbolAtLocation(parameter, parameter.valueDeclaration!)
      return namesOf(type).some((of) => SCOPES.has(of)) ? [`${name} ${parameter.name}`] : []
    }),
  )
  return [...new Set(found)].sort()
}

async function thrownBy(call: Call, given: unknown): Promise<unknown> {
  try {
    await call(given as never)
  } catch (error) {
    return error
  }
  return undefined
}

const NOTHING = [undefined, null]
const NO_SCOPES = [42, {}, [], () => undefined, new Date(0), Promise.resolve(db)]

test('each of them is tried', () => {
  expect(Object.keys(CALLS).sort()).toEqual(scopeParameters())
})

describe('a wrong one is refused by its name', () => {
  test.each(Object.keys(CALLS))('%s', async (name) => {
    const parameter = name.split(' ').at(-1)!
    const isAt = /Database\.at /.test(name)
    const isTransaction = parameter === 'tn'
    const wrong = [
      ...NO_SCOPES,
      ...(isAt ? [] : NOTHING),
      ...(isTransaction ? [db, main.root] : []),
    ]
    for (const given of wrong) {
      const error = await thrownBy(CALLS[name]!, given)
      expect(error).toBeInstanceOf(TypeError)
      // `at` takes a key as well, and says what the encoding says.
      const { message } = error as TypeError
      expect(message).toMatch(
        isAt ? /^key must be / : new RegExp(`^(${parameter}|scope) of .* is an? `),
      )
    }
  })

  test('a promise of one is to be awaited', async () => {
    const error = await thrownBy((given) => new recipes.Queue(given), Promise.resolve(db))
    expect(String(error)).toBe(
      'TypeError: db of new Queue is a Database, not a Promise: await it first',
    )
  })

  test('a subspace of the options of a directory layer, too', async () => {
    for (const name of ['nodeSubspace', 'contentSubspace']) {
      const error = await thrownBy((given) => new main.DirectoryLayer({ [name]: given }), 42)
      expect(String(error)).toMatch(`TypeError: ${name} of new DirectoryLayer is a Subspace`)
    }
  })
})
