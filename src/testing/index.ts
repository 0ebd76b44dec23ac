/// <reference types="node" preserve="true" />
/**
 * For tests: a database a test, snapshots and faults of the engine, a clock that a test moves, and checks. Works with any
 * test runner. See docs/testing.md.
 *
 * @example
 * import { testDatabase } from 'fdbkit/testing'
 * await using db = testDatabase()
 * await db.set('hello', 'world')
 *
 * @module
 */
export { testDatabase, TestDatabase, type TestDatabaseOptions } from './databases/test-database.ts'
export { snapshot, restore } from './content/snapshot.ts'
export type { AnyDatabase } from './content/engine-of.ts'
export { injectFaults, type FaultPreset, type FaultRates } from './content/faults.ts'
export { eventually, type EventuallyOptions } from './time/eventually.ts'
export { VirtualClock, type VirtualClockOptions } from './time/virtual-clock.ts'
export {
  checkEachTest,
  type CheckEachTestOptions,
  type TestHooks,
} from './checks/check-each-test.ts'
export { currentBackend, type Backend } from './backends/backend.ts'
export { onBothBackends, type BothBackendsOptions } from './backends/on-both-backends.ts'
