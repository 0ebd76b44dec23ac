/** What the calls are made on: an object of each class that has calls, by its name in the declarations. */
import * as compat from '../../src/compat/index.ts'
import * as main from '../../src/index.ts'
import * as recipes from '../../src/recipes/index.ts'
import * as task from '../../src/task/index.ts'
import * as testing from '../../src/testing/index.ts'
import * as tracing from '../../src/tracing/index.ts'

process.env['FDBKIT_ENGINE'] = 'embedded'

/** What lives as long as the tests do. */
export interface World {
  readonly db: main.Database
  readonly beside: main.Database
  /** Where recipes are tried: who waits goes on when the call is over, but no clock moves that makes him look again. */
  readonly ofRecipes: main.Database
  readonly peer: compat.Database
  readonly tenant: main.Tenant
  readonly directory: main.Directory
  readonly held: recipes.HeldLease
  readonly message: recipes.QueueMessage<Buffer>
}

/** What the database has before each call. A call that was refused leaves exactly this. */
export async function seed({ db }: Pick<World, 'db'>): Promise<void> {
  await db.clearAll()
  await new main.DirectoryLayer({ allowManualPrefixes: true }).create(db, ['users'], null, 'users/')
  await db.at('seed/').set('a', 'seed')
}

export async function openWorld(): Promise<World> {
  const db = main.openEmbedded()
  await db.tenants.create('acme')
  await seed({ db })
  const users = await main.directory.open(db, ['users'])
  // Elsewhere: a lease is renewed from time to time.
  const beside = main.openEmbedded()
  const held = await new recipes.Lock(beside.at('held/')).acquire()
  const queue = new recipes.Queue(beside.at('messages/'))
  await queue.push('a')
  const message = (await queue.receive())!
  return {
    db,
    beside,
    ofRecipes: main.openEmbedded({ environment: new testing.VirtualClock({ seed: 1 }) }),
    peer: compat.open(),
    tenant: db.tenants.open('acme'),
    directory: users,
    held,
    message,
  }
}

export async function closeWorld(world: World): Promise<void> {
  const { db, beside, ofRecipes, peer, tenant, held } = world
  await held.release()
  tenant.close()
  peer.close()
  beside.close()
  ofRecipes.close()
  db.close()
}

/** Who waits for a message goes on when the call is over: a queue each. */
let queues = 0

const codec = { capacity: 4, codec: task.uint32 }

/** The objects of one call. What needs an end gets it when the call is over. */
export class Scene {
  readonly world: World
  readonly #ends: (() => unknown)[] = []
  #over = false

  constructor(world: World) {
    this.world = world
  }

  keep<T>(value: T, end: (value: T) => unknown): T {
    // A call that settles late has made something all the same.
    if (this.#over) void end(value)
    else this.#ends.push(() => end(value))
    return value
  }

  async end(): Promise<void> {
    this.#over = true
    for (const end of this.#ends.reverse()) await end()
  }

  get tn(): main.Transaction {
    return this.keep(this.world.db.createTransaction(), (tn) => tn.close())
  }

  get peerTn(): compat.Transaction {
    const made = this.world.peer.createTransaction()
    return this.keep(made, (tn) => (tn as unknown as main.Transaction).close())
  }

  get bridge(): task.BridgeChannel<number, number> {
    const made = new task.BridgeChannel({ requests: codec, responses: codec })
    return this.keep(made, (bridge) => bridge.control.close())
  }

  get runtime(): task.Runtime {
    const environment = new task.DeterministicEnvironment({ seed: 1 })
    return this.keep(new task.Runtime({ environment }), (runtime) => runtime.dispose())
  }
}

type Receiver = (scene: Scene) => unknown

const ofTheClient: Record<string, Receiver> = {
  'fdbkit Database': ({ world }) => world.db,
  'fdbkit Tenant': ({ world }) => world.tenant,
  'fdbkit DatabaseAdmin': ({ world }) => world.db.admin,
  'fdbkit DatabaseGranules': ({ world }) => world.db.granules,
  'fdbkit DatabaseLocality': ({ world }) => world.db.locality,
  'fdbkit DatabaseTenants': ({ world }) => world.db.tenants,
  'fdbkit DatabaseVersionstamps': ({ world }) => world.db.versionstamps,
  'fdbkit Directory': ({ world }) => world.directory,
  'fdbkit DirectoryLayer': () => new main.DirectoryLayer(),
  'fdbkit FdbFuture': ({ tn }) => tn.get('a'),
  'fdbkit HighContentionAllocator': ({ world }) =>
    new main.HighContentionAllocator(world.db.at('allocator/')),
  'fdbkit JsonEncoder': () => main.encoders.json,
  'fdbkit NativeCalls': ({ tn }) => tn.native,
  'fdbkit ScannedDatabase': ({ world }) => world.db,
  'fdbkit Subspace': () => main.root.at('scope/'),
  'fdbkit Transaction': ({ tn }) => tn,
  'fdbkit TransactionConflicts': ({ tn }) => tn.conflicts,
  'fdbkit TransactionCosts': ({ tn }) => tn.costs,
  'fdbkit TransactionGranules': ({ tn }) => tn.granules,
  'fdbkit TransactionLocality': ({ tn }) => tn.locality,
  'fdbkit TransactionVersionstamps': ({ tn }) => tn.versionstamps,
  'fdbkit Transactor': ({ world }) => world.db,
  'fdbkit Watch': ({ tn }) => tn.watch('a'),
  'fdbkit encoders': () => main.encoders,
  'fdbkit hostEnvironment': () => main.hostEnvironment,
  'fdbkit keySelector': () => main.keySelector,
  'fdbkit tuple': () => main.tuple,
  'fdbkit/compat FDBError': () => compat.FDBError,
  'fdbkit/compat Cluster': () => compat.createClusterSync(),
  'fdbkit/compat Database': ({ world }) => world.peer,
  'fdbkit/compat Transaction': ({ peerTn }) => peerTn,
  'fdbkit/compat keySelector': () => compat.keySelector,
  'fdbkit/compat util': () => compat.util,
}

const ofRecipes: Record<string, Receiver> = {
  'fdbkit/recipes Blob': ({ world }) => new recipes.Blob(world.db.at('blob/')),
  'fdbkit/recipes HeldLease': ({ world }) => world.held,
  'fdbkit/recipes QueueMessage': ({ world }) => world.message,
  'fdbkit/recipes IndexedTable': ({ world }) =>
    new recipes.IndexedTable(world.db.at('table/').withValueEncoding(main.encoders.string), {
      length: (value: string) => [[value.length]],
    }),
  'fdbkit/recipes LeaderElection': ({ world }) =>
    new recipes.LeaderElection(world.db.at('leader/'), 'me'),
  'fdbkit/recipes Lock': ({ world }) => new recipes.Lock(world.db.at('lock/')),
  'fdbkit/recipes Once': ({ world }) => new recipes.Once(world.db.at('once/')),
  'fdbkit/recipes PriorityQueue': ({ world }) =>
    new recipes.PriorityQueue(world.db.at('priority/')),
  'fdbkit/recipes Queue': ({ world }) => new recipes.Queue(world.db.at(`queue ${++queues}/`)),
  'fdbkit/recipes RateLimiter': ({ world }) =>
    new recipes.RateLimiter(world.db.at('rate/'), { capacity: 1, perSecond: 1 }),
  'fdbkit/recipes ShardedCounter': ({ world }) =>
    new recipes.ShardedCounter(world.db.at('counter/')),
  'fdbkit/recipes Topic': ({ world }) => new recipes.Topic(world.db.at('topic/')),
}

const ofTasks: Record<string, Receiver> = {
  'fdbkit/task AtomicWaker': () => new task.AtomicWaker(),
  'fdbkit/task BroadcastSender': () => task.broadcast<unknown>(4),
  'fdbkit/task ControlHandle': ({ bridge }) => bridge.control,
  'fdbkit/task DataHandle': ({ bridge }) => bridge.data,
  'fdbkit/task DeterministicEnvironment': () => new task.DeterministicEnvironment({ seed: 1 }),
  'fdbkit/task FlowPromise': () => new task.PromiseFuture<unknown>().promise,
  'fdbkit/task Fwd': () => new task.Fwd<unknown>(() => undefined),
  'fdbkit/task JoinHandle': ({ runtime }) => runtime.spawn(task.sleep(1e6)),
  'fdbkit/task OneshotSender': () => task.oneshot<unknown>()[0],
  'fdbkit/task PinnedDataHandle': ({ bridge }) => bridge.data.pin(),
  'fdbkit/task PromiseStream': () => new task.PromiseStream<unknown>(),
  'fdbkit/task Ret': () => new task.Ret<unknown>(() => undefined),
  'fdbkit/task Runtime': ({ runtime }) => runtime,
  'fdbkit/task Sender': () => task.bounded<unknown>(4)[0],
  'fdbkit/task UnboundedSender': () => task.unbounded<unknown>()[0],
  'fdbkit/task Wait': () => task.sleep(1e6),
  'fdbkit/testing VirtualClock': () => new testing.VirtualClock(),
  'fdbkit/tracing TraceRecorder': (scene) =>
    scene.keep(new tracing.TraceRecorder(), (recorder) => recorder.stop()),
}

export const RECEIVERS: Readonly<Record<string, Receiver>> = {
  ...ofTheClient,
  ...ofRecipes,
  ...ofTasks,
}
