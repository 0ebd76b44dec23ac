/// <reference types="node" preserve="true" />
/**
 * Recipes: what programs build on transactions, with what each promises when a commit's result is unknown. Each lives
 * in a scope of its own. See docs/recipes.md.
 *
 * @example
 * import { Queue } from 'fdbkit/recipes'
 * const jobs = new Queue(db.at('jobs/').withValueEncoding(encoders.json))
 * await jobs.push({ send: 'mail' })
 *
 * @module
 */
export { Blob, MAX_BLOB_STEP } from './values/blob.ts'
export { HeldLease } from './leases/held-lease.ts'
export { IndexedTable } from './tables/indexed-table.ts'
export type { FindOptions, IndexOf, IndexReport } from './tables/indexed-table.ts'
export { LeaderElection } from './leases/leader-election.ts'
export type { CampaignOptions } from './leases/leader-election.ts'
export { LeaseLostError } from './ground/lease-lost-error.ts'
export { Lock } from './leases/lock.ts'
export type { AcquireOptions, LockOptions } from './leases/lock.ts'
export { Once } from './ground/once.ts'
export type { OnceBody } from './ground/once.ts'
export { PriorityQueue } from './queues/priority-queue.ts'
export type { Priority } from './queues/priority-queue.ts'
export { Queue } from './queues/queue.ts'
export { QueueMessage } from './queues/queue-message.ts'
export type {
  ConsumeOptions,
  PopOptions,
  PushOptions,
  QueueOptions,
  ReceiveOptions,
} from './queues/queue-options.ts'
export { RateLimiter } from './values/rate-limiter.ts'
export type { Permission, RateLimiterOptions } from './values/rate-limiter.ts'
export type { AnyScope, AnyTransaction } from './ground/scope.ts'
export { ShardedCounter } from './values/sharded-counter.ts'
export type { CounterOptions } from './values/sharded-counter.ts'
export { Topic } from './queues/topic.ts'
export type { Message, SubscribeOptions } from './queues/topic.ts'
