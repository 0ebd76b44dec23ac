import type { DatabaseHandle } from '../future/database-handle.ts'
import type { Environment } from '../native/environment.ts'
import type { DatabaseOptions } from '../native/generated/database-options.ts'
import type { TransactionOptions } from '../native/generated/transaction-options.ts'
import { TransactionContext } from './transaction-context.ts'

/** What all scopes of one database share: the native database, which this owns. */
export class DatabaseContext {
  readonly handle: DatabaseHandle
  readonly apiVersion: number
  readonly environment: Environment

  constructor(handle: DatabaseHandle, apiVersion: number, environment: Environment) {
    this.handle = handle
    this.apiVersion = apiVersion
    this.environment = environment
  }

  setOptions(options: DatabaseOptions): void {
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined) this.handle.setOption(name, value)
    }
  }

  /** A new native transaction with its options; the caller owns it. */
  createTransaction(options: TransactionOptions): TransactionContext {
    const handle = this.handle.createTransaction()
    try {
      for (const [name, value] of Object.entries(options)) {
        if (value !== undefined) handle.setOption(name, value)
      }
    } catch (error) {
      handle[Symbol.dispose]()
      throw error
    }
    return new TransactionContext(handle, this.apiVersion, this.environment)
  }
}
