import type { Database, Tenant, Transaction } from '../../../index.ts'
import type { DirectoryState } from './directory-state.ts'
import type { Held } from './held.ts'
import type { Stack } from './stack.ts'

/** What an instruction works on: what one machine has, and what it is told. */
export interface Machine {
  readonly stack: Stack
  readonly directories: DirectoryState
  readonly db: Database
  readonly apiVersion: number
  /** What GET_READ_VERSION or GET_COMMITTED_VERSION saw last. */
  lastVersion: bigint
  /** The one that is active. */
  readonly tenant: Held<Tenant> | undefined
  activateTenant(name: Buffer): Tenant
  clearTenant(): void
  currentTransaction(): Held<Transaction>
  newTransaction(): void
  useTransaction(name: Buffer): void
  /** Starts a machine beside this one. What it throws comes out of this one. */
  startThread(prefix: Buffer): void
}
