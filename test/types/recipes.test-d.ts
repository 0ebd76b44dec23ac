import { describe, expectTypeOf, test } from 'vitest'
import { encoders } from '../../src/index.ts'
import type { Database, Transaction, Transformer } from '../../src/index.ts'
import {
  Blob,
  IndexedTable,
  LeaderElection,
  Lock,
  Once,
  PriorityQueue,
  Queue,
  RateLimiter,
  ShardedCounter,
  Topic,
} from '../../src/recipes/index.ts'
import type {
  Message,
  Permission,
  Priority,
  HeldLease,
  QueueMessage,
} from '../../src/recipes/index.ts'

declare const db: Database
declare const tn: Transaction
interface Job {
  send: string
}
declare const job: Transformer<Job, Job>
declare const jobs: Transformer<Job | string, Job>
const scope = db.withValueEncoding(jobs)

describe('recipes', () => {
  test('of values take and give those of their scope', async () => {
    const queue = new Queue(scope)
    expectTypeOf(queue).toEqualTypeOf<Queue<Job, Job | string>>()
    expectTypeOf(queue.push).parameter(0).toEqualTypeOf<Job | string>()
    expectTypeOf(queue.pushAll).parameter(0).toEqualTypeOf<readonly (Job | string)[]>()
    expectTypeOf(await queue.pop({ wait: 1 })).toEqualTypeOf<Job | undefined>()
    expectTypeOf(queue.deadLetters).toEqualTypeOf(queue)
    expectTypeOf(await queue.receive()).toEqualTypeOf<QueueMessage<Job> | undefined>()
    for await (const job of queue) expectTypeOf(job).toEqualTypeOf<Job>()
    for await (const message of queue.consume()) {
      expectTypeOf(message.value).toEqualTypeOf<Job>()
    }
    const urgent = new PriorityQueue(scope)
    expectTypeOf(urgent.push).parameters.toEqualTypeOf<[Priority, Job | string]>()
    expectTypeOf(urgent.popIn(tn)).toEqualTypeOf<Promise<Job | undefined>>()
    const topic = new Topic(scope)
    expectTypeOf(topic.publish).parameters.toEqualTypeOf<[value: Job | string]>()
    for await (const message of topic.subscribe()) {
      expectTypeOf(message).toEqualTypeOf<Message<Job>>()
    }
    // @ts-expect-error a job says what to send
    void queue.push({ mail: 'a' })
    // @ts-expect-error a job is no priority
    void urgent.push({ send: 'a' }, { send: 'a' })
  })

  test('are named by the type of their values', () => {
    const jobsOnly = db.withValueEncoding(job)
    expectTypeOf(new Queue<Job>(jobsOnly)).toEqualTypeOf<Queue<Job>>()
    expectTypeOf(new PriorityQueue(jobsOnly)).toEqualTypeOf<PriorityQueue<Job>>()
    expectTypeOf(new Topic(jobsOnly)).toEqualTypeOf<Topic<Job>>()
    const table = new IndexedTable(jobsOnly, { bySend: ({ send }) => [[send]] })
    expectTypeOf(table).toEqualTypeOf<IndexedTable<Job, 'bySend'>>()
    // @ts-expect-error these are no jobs
    new Queue<Job>(db.withValueEncoding(encoders.string))
  })

  test('of a table know its keys, its values and its indexes', () => {
    const rows = db.at('t', encoders.string, jobs)
    const table = new IndexedTable(rows, { bySend: (job) => [[job.send]] })
    expectTypeOf(table).toEqualTypeOf<IndexedTable<Job, 'bySend', string, string, Job | string>>()
    expectTypeOf(table.get(tn, 'a')).toEqualTypeOf<Promise<Job | undefined>>()
    expectTypeOf(table.find(tn, 'bySend', ['x'])).toEqualTypeOf<Promise<string[]>>()
    // @ts-expect-error there is no such index
    void table.find(tn, 'byName', ['x'])
    // @ts-expect-error a key is text here
    void table.get(tn, 1)
  })

  test('of bytes and counts live in any scope', async () => {
    expectTypeOf(await new Blob(scope).read(0, 1)).toEqualTypeOf<Buffer>()
    expectTypeOf(await new ShardedCounter(scope).value()).toEqualTypeOf<bigint>()
    const limiter = new RateLimiter(scope, { capacity: 1, perSecond: 1, clock: 'versions' })
    expectTypeOf(await limiter.take()).toEqualTypeOf<Permission>()
    // @ts-expect-error there is no such clock
    new RateLimiter(scope, { capacity: 1, perSecond: 1, clock: 'wall' })
    // @ts-expect-error a blob is made of bytes
    void new Blob(scope).append('text')
  })

  test('of leases give what is held', async () => {
    expectTypeOf(await new Lock(db).tryAcquire()).toEqualTypeOf<HeldLease | undefined>()
    expectTypeOf(await new LeaderElection(db, 'a').lead(async () => 1)).toEqualTypeOf<number>()
    expectTypeOf<HeldLease>().toExtend<AsyncDisposable>()
    expectTypeOf<HeldLease['token']>().toEqualTypeOf<bigint>()
  })

  test('run once give what the function gives', () => {
    expectTypeOf(new Once(db).run(async () => 'a')).toEqualTypeOf<Promise<string>>()
  })
})
