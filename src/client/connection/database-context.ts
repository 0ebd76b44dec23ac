import type { DatabaseHandle } from '../../future/handles/database-handle.ts'
import type { TransactionPlace } from '../../future/handles/under-way.ts'
import type { GranuleCalls } from '../../future/handles/granule-calls.ts'
import type { TenantHandle } from '../../future/handles/tenant-handle.ts'
import type { TransactionHandle } from '../../future/handles/transaction-handle.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { databaseOptions } from '../../native/generated/database-options.ts'
import type { DatabaseOptions } from '../../native/generated/database-options.ts'
import { checkOptionNames } from '../../native/values/option-values.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import { TransactionContext } from '../attempt/transaction-context.ts'
import type { RunWitness } from './run-witness.ts'
import { lineOf } from './call-line.ts'
import type { CallLine } from './call-line.ts'
import type { SetOption } from '../attempt/transaction-context.ts'

/** What all scopes of one database share: the native database, which this owns. */
export class DatabaseContext {
  readonly handle: DatabaseHandle
  readonly apiVersion: number
  readonly environment: Environment
  /** Of a tenant. */
  readonly tenantName: Uint8Array | undefined = undefined
  /** Where single calls wait for room. */
  readonly line: CallLine
  /** Hears of runs, in a simulation. */
  witness: RunWitness | undefined
  readonly #openWhole = (): TransactionHandle => this.handle.createTransaction()

  constructor(handle: DatabaseHandle, apiVersion: number, environment: Environment) {
    this.handle = handle
    this.apiVersion = apiVersion
    this.environment = environment
    this.line = lineOf(handle.place.port)
  }

  /** The database itself; for a tenant, the one that it is a part of. */
  get whole(): DatabaseContext {
    return this
  }

  get granules(): GranuleCalls {
    return this.handle.granules
  }

  get closed(): boolean {
    return this.handle.closed
  }

  /** Gives the native handle back, once. */
  close(): void {
    this.handle[Symbol.dispose]()
  }

  setOptions(options: DatabaseOptions): void {
    checkOptionNames('database option', databaseOptions, options)
    for (const [name, value] of Object.entries(options) as [string, OptionValue | undefined][]) {
      if (value !== undefined) this.handle.setOption(name, value)
    }
  }

  /** A new native transaction with its options, which were checked; the caller owns it. */
  createTransaction(options: readonly SetOption[] = [], readOnly = false): TransactionContext {
    const handle = this.newTransaction()
    const context = this.adopt(handle, readOnly)
    try {
      context.setOptions(options)
    } catch (error) {
      handle[Symbol.dispose]()
      throw error
    }
    return context
  }

  /** Of a native transaction that is made, without options; the caller owns it. */
  adopt(handle: TransactionHandle, readOnly: boolean): TransactionContext {
    const { apiVersion, environment } = this
    return new TransactionContext(handle, apiVersion, environment, readOnly, this.#openWhole)
  }

  /** Where transactions are made that need no context. */
  get place(): TransactionPlace {
    return this.handle.place
  }

  protected newTransaction(): TransactionHandle {
    return this.handle.createTransaction()
  }
}

/** What all scopes of one opened tenant share: the native tenant, which this owns. */
export class TenantContext extends DatabaseContext {
  readonly tenant: TenantHandle
  override readonly tenantName: Uint8Array
  readonly #whole: DatabaseContext

  constructor(whole: DatabaseContext, name: Uint8Array) {
    super(whole.handle, whole.apiVersion, whole.environment)
    this.#whole = whole
    this.witness = whole.witness
    this.tenantName = Buffer.from(name)
    this.tenant = whole.handle.openTenant(name)
  }

  override get whole(): DatabaseContext {
    return this.#whole
  }

  override get granules(): GranuleCalls {
    return this.tenant.granules
  }

  override get closed(): boolean {
    return this.tenant.closed
  }

  override close(): void {
    this.tenant[Symbol.dispose]()
  }

  override get place(): TransactionPlace {
    return this.tenant.place
  }

  protected override newTransaction(): TransactionHandle {
    return this.tenant.createTransaction()
  }
}
