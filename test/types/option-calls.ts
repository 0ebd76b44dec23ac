// How each public call that takes options is called, by its name in the declarations.
import {
  DirectoryLayer,
  MutationType,
  longScan,
  open,
  openEmbedded,
  tuple,
} from '../../src/index.ts'
import type { Database, Transaction } from '../../src/index.ts'
import * as compat from '../../src/compat/index.ts'
import * as recipes from '../../src/recipes/index.ts'
import { defineWorkload } from '../../src/simulation/index.ts'
import * as task from '../../src/task/index.ts'
import * as testing from '../../src/testing/index.ts'
import { TraceRecorder, traceText, tracedTransactions } from '../../src/tracing/index.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'

process.env['FDBKIT_ENGINE'] = 'embedded'
let db: Database
let peer: compat.Database
let tn: Transaction
let peerTn: compat.Transaction
let table: ReturnType<typeof makeTable>
let queue: ReturnType<typeof makeQueue>

/** What the calls are made on, until `closeAll`. */
export function callOn(database: Database, ofPeer: compat.Database): void {
  db = database
  peer = ofPeer
  tn = db.createTransaction()
  peerTn = peer.createTransaction()
  table = makeTable(db)
  queue = makeQueue(db)
}

const makeQueue = (on: Database) => new recipes.Queue(on.at('queue/'))
const makeTable = (on: Database) => new recipes.IndexedTable(on.at('table/'), { city: () => [] })

export function closeAll(): void {
  tn.close()
  peerTn.close()
  peer.close()
  db.close()
}

const body = (): Promise<undefined> => Promise.resolve(undefined)
const nothing = (): undefined => undefined
const mapper = tuple.pack(['a', '{K[1]}', '{...}'])
const codec = { capacity: 1, codec: task.uint32 }

/** The options are wrong on purpose, so they have no type. */
type Call = (options: never) => unknown

const client: Record<string, Call> = {
  'fdbkit open': (options) => open(options),
  'fdbkit openEmbedded': (options) => openEmbedded(options),
  'fdbkit Database.doTransaction': (options) => db.doTransaction(body, options),
  'fdbkit Database.doOneshot': (options) => db.doOneshot(body, options),
  'fdbkit Database.createTransaction': (options) => db.createTransaction(options),
  'fdbkit ScannedDatabase.createTransaction': (options) => db.getRoot().createTransaction(options),
  'fdbkit Database.get': (options) => db.get('a', options),
  'fdbkit Database.getMany': (options) => db.getMany(['a'], options),
  'fdbkit Database.exists': (options) => db.exists('a', options),
  'fdbkit Database.getKey': (options) => db.getKey('a', options),
  'fdbkit Database.set': (options) => db.set('a', 'b', options),
  'fdbkit Database.clear': (options) => db.clear('a', options),
  'fdbkit Database.clearRange': (options) => db.clearRange('a', 'b', options),
  'fdbkit Database.clearRangeStartsWith': (options) => db.clearRangeStartsWith('a', options),
  'fdbkit Database.clearAll': (options) => db.clearAll(options),
  'fdbkit Database.atomicOp': (options) => db.atomicOp(MutationType.Add, 'a', 'b', options),
  'fdbkit Database.bitAnd': (options) => db.bitAnd('a', 'b', options),
  'fdbkit Database.bitOr': (options) => db.bitOr('a', 'b', options),
  'fdbkit Database.bitXor': (options) => db.bitXor('a', 'b', options),
  'fdbkit Database.byteMin': (options) => db.byteMin('a', 'b', options),
  'fdbkit Database.byteMax': (options) => db.byteMax('a', 'b', options),
  'fdbkit Database.appendIfFits': (options) => db.appendIfFits('a', 'b', options),
  'fdbkit Database.compareAndClear': (options) => db.compareAndClear('a', 'b', options),
  'fdbkit Database.add': (options) => db.add('a', 1, options),
  'fdbkit Database.max': (options) => db.max('a', 1, options),
  'fdbkit Database.min': (options) => db.min('a', 1, options),
  'fdbkit Database.count': (options) => db.count('a', 'b', options),
  'fdbkit Database.page': (options) => db.page(options),
  'fdbkit Database.getRange': (options) => db.getRange('a', 'b', options),
  'fdbkit Database.getRangeAll': (options) => db.getRangeAll('a', 'b', options),
  'fdbkit Database.getRangeAllStartsWith': (options) => db.getRangeAllStartsWith('a', options),
  'fdbkit Database.getAndWatch': (options) => db.getAndWatch('a', options),
  'fdbkit Database.setAndWatch': (options) => db.setAndWatch('a', 'b', options),
  'fdbkit Database.clearAndWatch': (options) => db.clearAndWatch('a', options),
  'fdbkit DatabaseAdmin.rebootWorker': (options) => db.admin.rebootWorker('a:1', options),
  'fdbkit DatabaseGranules.flush': (options) => db.granules.flush('a', 'b', options),
  'fdbkit DatabaseGranules.purge': (options) => db.granules.purge('a', 'b', options),
  'fdbkit DatabaseLocality.getBoundaryKeys': (options) =>
    db.locality.getBoundaryKeys('a', 'b', options),
  'fdbkit DatabaseTenants.create': (options) => db.tenants.create('a', options),
  'fdbkit DatabaseTenants.configure': (options) => db.tenants.configure('a', options),
  'fdbkit DatabaseTenants.list': (options) => db.tenants.list(options),
  'fdbkit Transaction.get': (options) => tn.get('a', options),
  'fdbkit Transaction.getMany': (options) => tn.getMany(['a'], options),
  'fdbkit Transaction.exists': (options) => tn.exists('a', options),
  'fdbkit Transaction.getKey': (options) => tn.getKey('a', options),
  'fdbkit Transaction.getReadVersion': (options) => tn.getReadVersion(options),
  'fdbkit Transaction.commit': (options) => tn.commit(options),
  'fdbkit Transaction.onError': (options) => tn.onError(1020, options),
  'fdbkit Transaction.add': (options) => tn.add('a', 1, options),
  'fdbkit Transaction.max': (options) => tn.max('a', 1, options),
  'fdbkit Transaction.min': (options) => tn.min('a', 1, options),
  'fdbkit Transaction.watch': (options) => tn.watch('a', options),
  'fdbkit Transaction.getRange': (options) => tn.getRange('a', 'b', options),
  'fdbkit Transaction.getRangeStartsWith': (options) => tn.getRangeStartsWith('a', options),
  'fdbkit Transaction.getRangeAll': (options) => tn.getRangeAll('a', 'b', options),
  'fdbkit Transaction.getRanges': (options) => tn.getRanges([{ start: 'a' }], options),
  'fdbkit Transaction.getRangeAllStartsWith': (options) => tn.getRangeAllStartsWith('a', options),
  'fdbkit Transaction.getRangeBatch': (options) => tn.getRangeBatch('a', 'b', options),
  'fdbkit NativeCalls.getRange': (options) => {
    const selector = { key: 'a', orEqual: false, offset: 1, _isKeySelector: true } as const
    return tn.native.getRange(selector, selector, options)
  },
  'fdbkit NativeCalls.getMappedRange': (options) =>
    tn.native.getMappedRange('a', 'b', mapper, options),
  'fdbkit TransactionGranules.read': (options) => tn.granules.read('a', 'b', withLoader(options)),
  'fdbkit TransactionGranules.summarize': (options) => tn.granules.summarize('a', 'b', options),
  'fdbkit longScan': (options) => longScan(db, 'a', 'b', options),
  'fdbkit new DirectoryLayer': (options) => new DirectoryLayer(options),
}

const ofThePeer: Record<string, Call> = {
  'fdbkit/compat open': (options) => compat.open(undefined, options),
  'fdbkit/compat openSync': (options) => compat.openSync(undefined, options),
  'fdbkit/compat Cluster.openDatabase': async (options) =>
    (await compat.createCluster()).openDatabase('DB', options),
  'fdbkit/compat Cluster.openDatabaseSync': (options) =>
    compat.createClusterSync().openDatabaseSync('DB', options),
  'fdbkit/compat Database.createTransaction': (options) => peer.createTransaction(options),
  'fdbkit/compat Database.rawCreateTransaction': (options) => peer.rawCreateTransaction(options),
  'fdbkit/compat Database.doOneshot': (options) => peer.doOneshot(nothing, options),
  'fdbkit/compat Database.doTn': (options) => peer.doTn(body, options),
  'fdbkit/compat Database.doTransaction': (options) => peer.doTransaction(body, options),
  'fdbkit/compat Database.getRangeAllStartsWith': (options) =>
    peer.getRangeAllStartsWith('a', options),
  'fdbkit/compat Database.setNativeOptions': (options) => peer.setNativeOptions(options),
  'fdbkit/compat Transaction.getRange': (options) => peerTn.getRange('a', 'b', options),
  'fdbkit/compat Transaction.getRangeAll': (options) => peerTn.getRangeAll('a', 'b', options),
  'fdbkit/compat Transaction.getRangeBatch': (options) => peerTn.getRangeBatch('a', 'b', options),
  'fdbkit/compat Transaction.getRangeStartsWith': (options) =>
    peerTn.getRangeStartsWith('a', options),
  'fdbkit/compat Transaction.getRangeAllStartsWith': (options) =>
    peerTn.getRangeAllStartsWith('a', options),
  'fdbkit/compat Transaction.getRangeBatchStartsWith': (options) =>
    peerTn.getRangeBatchStartsWith('a', options),
  'fdbkit/compat Transaction.watch': (options) => peerTn.watch('a', options),
  'fdbkit/compat new DirectoryLayer': (options) => new compat.DirectoryLayer(options),
}

const ofRecipes: Record<string, Call> = {
  'fdbkit/recipes IndexedTable.find': (options) => table.find(tn, 'city', [], options),
  'fdbkit/recipes LeaderElection.campaign': (options) =>
    new recipes.LeaderElection(db.at('leader/'), 'me').campaign(options),
  'fdbkit/recipes LeaderElection.lead': (options) =>
    new recipes.LeaderElection(db.at('leader/'), 'me').lead(body, options),
  'fdbkit/recipes Lock.acquire': (options) => new recipes.Lock(db.at('lock/')).acquire(options),
  'fdbkit/recipes Once.run': (options) => new recipes.Once(db.at('once/')).run(body, options),
  'fdbkit/recipes Queue.push': (options) => queue.push('a', options),
  'fdbkit/recipes Queue.pushAll': (options) => queue.pushAll(['a'], options),
  'fdbkit/recipes Queue.pushIn': (options) => queue.pushIn(tn, 'a', options),
  'fdbkit/recipes Queue.pop': (options) => queue.pop(options),
  'fdbkit/recipes Queue.values': (options) => queue.values(options),
  'fdbkit/recipes Queue.receive': (options) => queue.receive(options),
  'fdbkit/recipes Queue.consume': (options) => queue.consume(options),
  'fdbkit/recipes QueueMessage.nack': async (options) => {
    await queue.push('a')
    await (await queue.receive())!.nack(options)
  },
  'fdbkit/recipes Topic.subscribe': (options) =>
    new recipes.Topic(db.at('topic/')).subscribe(options),
  'fdbkit/recipes new LeaderElection': (options) =>
    new recipes.LeaderElection(db.at('leader/'), 'me', options),
  'fdbkit/recipes new Lock': (options) => new recipes.Lock(db.at('lock/'), options),
  'fdbkit/recipes new Queue': (options) => new recipes.Queue(db.at('queue/'), options),
  'fdbkit/recipes new RateLimiter': (options) =>
    new recipes.RateLimiter(db.at('rate/'), withAll({ capacity: 1, perSecond: 1 }, options)),
  'fdbkit/recipes new ShardedCounter': (options) =>
    new recipes.ShardedCounter(db.at('counter/'), options),
}

const ofTasks: Record<string, Call> = {
  'fdbkit/task Runtime.fdbSpawn': (options) => new task.Runtime().fdbSpawn(body, options),
  'fdbkit/task Runtime.run': (options) => new task.Runtime().run(body, options),
  'fdbkit/task Runtime.runSync': (options) => virtual().runSync(sleepy, options),
  'fdbkit/task Runtime.spawn': (options) => new task.Runtime().spawn(body, options),
  'fdbkit/task actor': (options) => task.actor(sleepy, options),
  'fdbkit/task fdbSpawn': (options) => task.fdbSpawn(body, options),
  'fdbkit/task fwdToStream': (options) => task.fwdToStream(options),
  'fdbkit/task fwdToStreamResult': (options) => task.fwdToStreamResult(options),
  'fdbkit/task interval': (options) => task.interval(1, options),
  'fdbkit/task new BridgeChannel': (options) =>
    new task.BridgeChannel(withAll({ requests: codec, responses: codec }, options)),
  'fdbkit/task new DeterministicEnvironment': (options) =>
    new task.DeterministicEnvironment(withAll({ seed: 1 }, options)),
  'fdbkit/task new InPlaceExecutor': (options) =>
    new task.InPlaceExecutor(hostEnvironment, options),
  'fdbkit/task new PromiseStream': (options) => new task.PromiseStream(options),
  'fdbkit/task new QueueingExecutor': (options) =>
    new task.QueueingExecutor(hostEnvironment, options),
  'fdbkit/task new Runtime': (options) => new task.Runtime(options),
  'fdbkit/task sleep': (options) => task.sleep(1, options),
  'fdbkit/task spawnRet': (options) => task.spawnRet(body, new task.Ret(nothing), options),
  'fdbkit/task streamToFwd': (options) =>
    task.streamToFwd(task.unbounded()[1], new task.Fwd(nothing), options),
  'fdbkit/task timeout': (options) => task.timeout(1, task.sleep(1), options),
  'fdbkit/task unbounded': (options) => task.unbounded(options),
}

const ofTesting: Record<string, Call> = {
  'fdbkit/testing checkEachTest': (options) =>
    testing.checkEachTest({ beforeEach: nothing, afterEach: nothing }, options),
  'fdbkit/testing eventually': (options) => testing.eventually(() => false, options),
  'fdbkit/testing injectFaults': (options) => testing.injectFaults(db, options, 1),
  'fdbkit/testing new VirtualClock': (options) => new testing.VirtualClock(options),
  'fdbkit/testing onBothBackends': (options) => testing.onBothBackends(['true'], options),
  'fdbkit/testing testDatabase': (options) => testing.testDatabase(options).close(),
}

const ofTheRest: Record<string, Call> = {
  'fdbkit/simulation defineWorkload': (options) => defineWorkload(options),
  'fdbkit/tracing new TraceRecorder': (options) => new TraceRecorder(options),
  'fdbkit/tracing traceText': (options) => traceText([], options),
  'fdbkit/tracing tracedTransactions': (options) => tracedTransactions(db, options),
}

export const OPTION_CALLS: Readonly<Record<string, Call>> = {
  ...client,
  ...ofThePeer,
  ...ofRecipes,
  ...ofTasks,
  ...ofTesting,
  ...ofTheRest,
}

/** The options with those that a call can't do without; as they are when they are no options at all. */
function withAll<Needed extends object>(needed: Needed, options: never): Needed {
  const given: unknown = options
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  return isObject ? { ...needed, ...given } : options
}

function withLoader(options: never): { loadFile: () => Uint8Array } {
  return withAll({ loadFile: () => new Uint8Array(0) }, options)
}

function virtual(): task.Runtime {
  return new task.Runtime({ environment: new task.DeterministicEnvironment({ seed: 1 }) })
}

function* sleepy(): task.TaskGenerator<void> {
  yield* task.sleep(1)
}
