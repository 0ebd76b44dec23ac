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
export { Blob, MAX_BLOB_STEP } from './blob.ts'
export { HeldLease } from './held-lease.ts'
export { IndexedTable } from './indexed-table.ts'
export type { IndexOf, IndexReport } from './indexed-table.ts'
export { LeaderElection } from './leader-election.ts'
export { LeaseLostError } from './lease.ts'
export { Lock } from './lock.ts'
export type { LockOptions } from './lock.ts'
export { Once } from './once.ts'
export type { OnceBody } from './once.ts'
export { PriorityQueue } from './priority-queue.ts'
export type { Priority } from './priority-queue.ts'
export { Queue } from './queue.ts'
export { RateLimiter } from './rate-limiter.ts'
export type { Permission, RateLimiterOptions } from './rate-limiter.ts'
export type { AnyScope, AnyTransaction } from './scope.ts'
export { ShardedCounter } from './sharded-counter.ts'
export { Topic } from './topic.ts'
export type { Message, SubscribeOptions } from './topic.ts'
