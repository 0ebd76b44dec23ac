// Whatever a program can hold may end up in a log: an object of each exported class, and what those hand out.
import { inspect } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import * as compat from '../../src/compat/index.ts'
import * as main from '../../src/index.ts'
import * as recipes from '../../src/recipes/index.ts'
import * as simulation from '../../src/simulation/index.ts'
import * as task from '../../src/task/index.ts'
import * as testing from '../../src/testing/index.ts'
import * as tracing from '../../src/tracing/index.ts'

const db = main.openEmbedded()
process.env['FDBKIT_ENGINE'] = 'embedded'
const peer = compat.open()
await db.tenants.create('acme')
const tenant = db.tenants.open('acme')
const tn = db.createTransaction()
const tested = testing.testDatabase()
const peerTn = (peer as unknown as main.Database).createTransaction()
const runtime = new task.Runtime()
const queue = new recipes.Queue(db.at('queue/'))
await queue.push('a')
const message = await queue.receive()
const held = await new recipes.Lock(db.at('lock/')).acquire()
const bridge = new task.BridgeChannel({
  requests: { capacity: 4, codec: task.uint32 },
  responses: { capacity: 4, codec: task.uint32 },
})
const unpinned = new task.BridgeChannel({
  requests: { capacity: 4, codec: task.uint32 },
  responses: { capacity: 4, codec: task.uint32 },
})
const flow = new task.PromiseFuture<number>()
const broadcast = task.broadcast<number>(1)
const [sender, receiver] = task.bounded<number>(1)
const [oneshotSender, oneshotReceiver] = task.oneshot<number>()
const joined = runtime.fdbSpawn(task.sleep(1e9))
const inTask = await task.fdbSpawn(function* () {
  const current = task.currentTask()!
  const waker = yield* wakerOf()
  return { current, waker }
})
const watch = await db.getAndWatch('config')

function* wakerOf(): Generator<task.Pollable<task.Waker>, task.Waker, unknown> {
  return (yield { poll: (waker) => waker.clone() }) as task.Waker
}

afterAll(async () => {
  await held.release()
  inTask.waker.drop()
  watch.cancel()
  runtime.dispose()
  for (const open of [tn, peerTn, tenant, tested]) open.close()
  bridge.control.close()
  unpinned.control.close()
  peer.close()
  db.close()
})

const directory = await main.directory.createOrOpen(db, ['app', 'users'])
const table = new recipes.IndexedTable(db.at('t/').withValueEncoding(main.encoders.string), {})
class Nothing extends simulation.Workload {}

/** An object of each class, by the entry point and the name of its export. Errors say what they are by themselves. */
const HELD: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  fdbkit: {
    Database: db.at('users/'),
    Directory: directory,
    DirectoryLayer: main.directory,
    HighContentionAllocator: new main.HighContentionAllocator(db.at('a/')),
    Subspace: main.root.at('users/'),
    Tenant: tenant,
    Transaction: tn.at(main.root.at('users/')),
    Watch: watch,
  },
  'fdbkit/compat': {
    Database: peer,
    Directory: directory,
    DirectoryLayer: compat.directory,
    HighContentionAllocator: new main.HighContentionAllocator(db.at('a/')),
    Subspace: main.root,
    Transaction: peerTn,
    Watch: watch,
  },
  'fdbkit/recipes': {
    Blob: new recipes.Blob(db.at('b/')),
    HeldLease: held,
    IndexedTable: table,
    LeaderElection: new recipes.LeaderElection(db.at('l/'), 'me'),
    Lock: new recipes.Lock(db.at('lock/')),
    Once: new recipes.Once(db.at('o/')),
    PriorityQueue: new recipes.PriorityQueue(db.at('p/')),
    Queue: queue,
    QueueMessage: message,
    RateLimiter: new recipes.RateLimiter(db.at('r/'), { capacity: 1, perSecond: 1 }),
    ShardedCounter: new recipes.ShardedCounter(db.at('c/')),
    Topic: new recipes.Topic(db.at('topic/')),
  },
  'fdbkit/simulation': { Workload: new Nothing() },
  'fdbkit/task': {
    AtomicWaker: new task.AtomicWaker(),
    BridgeChannel: bridge,
    BroadcastReceiver: broadcast.subscribe(),
    BroadcastSender: broadcast,
    ControlHandle: bridge.control,
    DataHandle: unpinned.data,
    DeterministicEnvironment: new task.DeterministicEnvironment({ seed: 1 }),
    FlowFuture: flow.future,
    FlowPromise: flow.promise,
    FutureStream: new task.PromiseStream<number>().getFuture(),
    Fwd: new task.Fwd<number>(() => undefined),
    FwdResultStream: task.fwdToStreamResult<number>().stream,
    FwdStream: task.fwdToStream<number>().stream,
    InPlaceExecutor: task.inPlaceExecutor,
    Interval: task.interval(1000),
    JoinHandle: joined,
    OneshotReceiver: oneshotReceiver,
    OneshotSender: oneshotSender,
    PinnedDataHandle: bridge.data.pin(),
    PromiseFuture: flow,
    PromiseStream: new task.PromiseStream<number>(),
    QueueingExecutor: new task.QueueingExecutor(main.hostEnvironment),
    Receiver: receiver,
    Ret: new task.Ret<number>(() => undefined),
    Runtime: runtime,
    Sender: sender,
    Shared: joined,
    Task: inTask.current,
    TaskWaker: inTask.waker,
    UnboundedSender: task.unbounded<number>()[0],
    Wait: task.sleep(1e9),
  },
  'fdbkit/testing': {
    TestDatabase: tested,
    VirtualClock: new testing.VirtualClock({ seed: 1 }),
  },
  'fdbkit/tracing': { TraceRecorder: new tracing.TraceRecorder() },
}

const entries = { fdbkit: main, 'fdbkit/compat': compat, 'fdbkit/recipes': recipes } as const
const all: Readonly<Record<string, object>> = {
  ...entries,
  'fdbkit/simulation': simulation,
  'fdbkit/task': task,
  'fdbkit/testing': testing,
  'fdbkit/tracing': tracing,
}

const classes = Object.entries(all).flatMap(([entry, exports]) =>
  Object.entries(exports as Record<string, unknown>)
    .filter(([, value]) => isClass(value) && !(value.prototype instanceof Error))
    .map(([name, value]) => [entry, name, value as Class] as const),
)

type Class = abstract new (...args: never[]) => object

function isClass(value: unknown): value is Class {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

/** As loggers of all kinds go through what they are given. */
function walk(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  for (const name in value) walk((value as Record<string, unknown>)[name], seen)
}

function expectSaysWhatItIs(value: unknown, name: string): void {
  const shown = expect.stringContaining(name) as string
  expect(JSON.parse(JSON.stringify({ a: [value] }))).toEqual({ a: [shown] })
  expect(JSON.stringify(value).length).toBeLessThan(200)
  expect(inspect({ a: value }, { getters: true, showHidden: true, depth: 9 })).toEqual(shown)
  walk(value)
  expect({ ...(value as object) }).toBeDefined()
}

describe('a logger reads what it is:', () => {
  test('an object of every exported class is tried', () => {
    const names = (entry: string) => classes.filter(([of]) => of === entry).map(([, name]) => name)
    for (const entry of Object.keys(all)) {
      expect(Object.keys(HELD[entry]!).sort(), entry).toEqual(names(entry).sort())
    }
  })

  // A workload is its author's: it is shown as any object of theirs.
  test.each(classes.filter(([, name]) => name !== 'Workload'))('%s %s', (entry, name, kind) => {
    const value = HELD[entry]![name]
    expect(value).toBeInstanceOf(kind)
    const shown = { Shared: 'JoinHandle', Wait: 'Wait' }[name] ?? name
    expectSaysWhatItIs(value, shown)
  })

  /** The parts that a class has behind getters, and what its reads give. */
  test.each<[string, object, readonly string[]]>([
    ['Database', db, ['tenants', 'versionstamps', 'locality', 'granules', 'admin']],
    ['Transaction', tn, ['conflicts', 'costs', 'granules', 'locality', 'native', 'versionstamps']],
  ])('the parts of a %s', (_name, whole, parts) => {
    for (const part of parts) {
      const value = (whole as Record<string, unknown>)[part]
      expectSaysWhatItIs(value, (value as object).constructor.name)
    }
  })

  test('a future, an environment, and errors', () => {
    expectSaysWhatItIs(tn.getReadVersion(), 'FdbFuture')
    expectSaysWhatItIs(main.hostEnvironment, 'HostEnvironment')
    expect(JSON.parse(JSON.stringify(new main.FDBError(1020)))).toMatchObject({ code: 1020 })
  })

  test('says which part of the database, and its state', () => {
    expect(`${JSON.stringify(db.at('users/'))}`).toBe(`"Database 'users/'"`)
    expect(inspect(tenant)).toBe(`Tenant 'acme'`)
    const closed = db.tenants.open('acme')
    closed.close()
    expect(inspect(closed)).toBe(`Tenant 'acme' (closed)`)
    expect(inspect(directory)).toBe('Directory app/users')
  })
})
