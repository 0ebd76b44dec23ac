import type {
  DatabaseOptionName,
  DatabaseOptions,
} from '../../native/generated/database-options.ts'
import type { Environment } from '../../native/environment/environment.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import type { NativeValue } from '../keys/bytes.ts'
import { TenantContext } from '../connection/database-context.ts'
import type { DatabaseContext } from '../connection/database-context.ts'
import { boundaryKeys, boundsOf } from '../scans/locality.ts'
import type { BoundaryOptions } from '../scans/locality.ts'
import { OneShots } from './one-shots.ts'
import { RetryLoop } from '../run/retry-loop.ts'
import type { RunOptions, TransactionBody, TransactionSettings } from '../run/run-options.ts'
import { planRun } from '../run/run-plan.ts'
import type { RunPlan } from '../run/run-plan.ts'
import { isGetSubspace, root } from '../keys/subspace.ts'
import type { GetSubspace, Subspace } from '../keys/subspace.ts'
import {
  configureTenant,
  createTenant,
  deleteTenant,
  getTenant,
  listTenants,
  renameTenant,
  tenantName,
} from '../tenants/tenant-management.ts'
import type { ListTenantsOptions, TenantInfo, TenantOptions } from '../tenants/tenant-management.ts'
import { Transaction } from '../transaction/transaction.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import type { Transformer } from '../keys/transformer.ts'

export type { RunOptions, TransactionBody, TransactionSettings } from '../run/run-options.ts'

/** One read in a transaction of its own: there is nothing to commit. */
const ONE_READ: RunPlan = { options: [], settings: { skipCommit: true }, readOnly: true }

/**
 * A database, or a part of it: a scope with a prefix and encodings. Scopes share the connection, and
 * are as cheap as an object. Made by `open` and `openEmbedded`.
 *
 * @example
 * const db = open()
 * const users = db.at('users/').withValueEncoding(encoders.json)
 * await users.set('ada', { name: 'Ada' })
 */
export class Database<KeyIn = NativeValue, KeyOut = Buffer, ValIn = NativeValue, ValOut = Buffer>
  extends OneShots<KeyIn, KeyOut, ValIn, ValOut>
  implements GetSubspace<KeyIn, KeyOut, ValIn, ValOut>
{
  protected readonly context: DatabaseContext
  readonly #subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>

  /** @internal Use `open` or `openEmbedded`. */
  constructor(context: DatabaseContext, subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>) {
    super()
    this.context = context
    this.#subspace = subspace
  }

  /** Another scope of the same database; a subclass makes its own kind. */
  protected scope<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO> {
    return new Database(this.context, subspace)
  }

  /** A transaction in this scope; a subclass makes its own kind. */
  protected transactionIn(context: TransactionContext): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return new Transaction(context, this.#subspace)
  }

  /**
   * The part of the key space that keys are relative to, with the encodings.
   *
   * @example const key = db.at('users/').getSubspace().packKey('ada') // 'users/ada'
   */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.#subspace
  }

  /**
   * The bytes that all keys of this scope begin with.
   *
   * @example console.log(db.at('users/').getPrefix())
   */
  getPrefix(): Buffer {
    return this.#subspace.prefix
  }

  /**
   * The clock, timers and random source that the database was opened with.
   *
   * @example const now = db.environment.now()
   */
  get environment(): Environment {
    return this.context.environment
  }

  /**
   * The whole key space with plain keys and values.
   *
   * @example const all = db.at('users/').getRoot()
   */
  getRoot(): Database {
    return this.scope(root)
  }

  /**
   * A scope: behind a further prefix, which is packed with the key encoding, or where a subspace, a
   * database or a directory is.
   *
   * @example db.at('users/', encoders.tuple, encoders.json)
   */
  at<CKI, CKO, CVI, CVO>(scope: GetSubspace<CKI, CKO, CVI, CVO>): Database<CKI, CKO, CVI, CVO>
  at(prefix: KeyIn | null): Database<KeyIn, KeyOut, ValIn, ValOut>
  at<CKI, CKO>(
    prefix: KeyIn | null,
    keyXf: Transformer<CKI, CKO>,
  ): Database<CKI, CKO, ValIn, ValOut>
  at<CVI, CVO>(
    prefix: KeyIn | null,
    keyXf: undefined,
    valueXf: Transformer<CVI, CVO>,
  ): Database<KeyIn, KeyOut, CVI, CVO>
  at<CKI, CKO, CVI, CVO>(
    prefix: KeyIn | null,
    keyXf: Transformer<CKI, CKO>,
    valueXf: Transformer<CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO>
  at(
    scope: GetSubspace<never, unknown, never, unknown> | KeyIn | null,
    keyXf?: Transformer<never, unknown>,
    valueXf?: Transformer<never, unknown>,
  ): Database<never, unknown, never, unknown> {
    if (isGetSubspace(scope)) {
      return this.scope<never, unknown, never, unknown>(scope.getSubspace())
    }
    const subspace = this.#subspace as unknown as Subspace<KeyIn | null, unknown, never, unknown>
    const child = subspace.at(
      scope,
      keyXf as Transformer<never, unknown>,
      valueXf as Transformer<never, unknown>,
    )
    return this.scope<never, unknown, never, unknown>(child)
  }

  /**
   * The same scope with another key encoding; without one, with plain bytes.
   *
   * @example const users = db.withKeyEncoding(encoders.tuple)
   */
  withKeyEncoding(): Database<NativeValue, Buffer, ValIn, ValOut>
  withKeyEncoding<CKI, CKO>(keyXf: Transformer<CKI, CKO>): Database<CKI, CKO, ValIn, ValOut>
  withKeyEncoding(keyXf?: Transformer<never, unknown>): Database<never, unknown, ValIn, ValOut> {
    const subspace =
      keyXf === undefined ? this.#subspace.withKeyEncoding() : this.#subspace.withKeyEncoding(keyXf)
    return this.scope(subspace)
  }

  /**
   * The same scope with another value encoding; without one, with plain bytes.
   *
   * @example const users = db.withValueEncoding(encoders.json)
   */
  withValueEncoding(): Database<KeyIn, KeyOut, NativeValue, Buffer>
  withValueEncoding<CVI, CVO>(valueXf: Transformer<CVI, CVO>): Database<KeyIn, KeyOut, CVI, CVO>
  withValueEncoding(
    valueXf?: Transformer<never, unknown>,
  ): Database<KeyIn, KeyOut, never, unknown> {
    const subspace =
      valueXf === undefined
        ? this.#subspace.withValueEncoding()
        : this.#subspace.withValueEncoding(valueXf)
    return this.scope(subspace)
  }

  /**
   * Runs a transaction: calls `body`, commits, and calls it again after an error that another attempt
   * may cure. Uses `fdb_transaction_on_error`, so retry limit, timeout and waits are the cluster's.
   *
   * Keep effects on the outside world out of `body`; `attempt.maybeCommitted` tells when an earlier
   * attempt may have been applied. Each attempt has a transaction of its own, which ends when `body` has settled: a
   * call that comes later throws FDBStateError, so await all that `body` starts. Watches outlive it.
   *
   * @param options how it is run, see {@link RunOptions}: limits, tags, priority, `signal`, `observer`, `budget`.
   * @returns what `body` returned, once committed.
   * @throws what `body` throws, or the FDBError that ended the last attempt, whose `maybeCommitted` tells whether a commit
   * of any attempt may have been applied; BudgetExceededError; the signal's reason, or RunAbortedError.
   * @example
   * await db.doTransaction(async (tn) => {
   *   const from = await tn.get('a')
   *   if (from !== undefined) tn.set('b', from)
   * }, { timeout: 5000, retryLimit: 10 })
   */
  override async doTransaction<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options: RunOptions = {},
  ): Promise<T> {
    if (typeof body !== 'function') throw new TypeError('doTransaction takes a function')
    return this.#run(body, planRun(options))
  }

  /**
   * The same as `doTransaction`.
   *
   * @example await db.doTn(async (tn) => tn.set('a', 'b'))
   */
  doTn<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    options?: RunOptions,
  ): Promise<T> {
    return this.doTransaction(body, options)
  }

  async #run<T>(
    body: TransactionBody<KeyIn, KeyOut, ValIn, ValOut, T>,
    { options, settings, readOnly }: RunPlan,
  ): Promise<T> {
    const first = this.context.createTransaction(options, readOnly)
    const { handle } = first
    try {
      const loop = new RetryLoop(first, this.context.environment, settings, (context, attempt) => {
        const whole = this.transactionIn(context)
        return body(readOnly ? whole.snapshot() : whole, attempt)
      })
      return await loop.run()
    } finally {
      handle[Symbol.dispose]()
    }
  }

  protected override read<T>(
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => PromiseLike<T>,
  ): Promise<T> {
    return this.#run(body, ONE_READ)
  }

  /**
   * A transaction of your own: commit it, retry it with `onError`, and dispose of it.
   * `fdb_database_create_transaction`.
   *
   * As in the C API, `reset` and `onError` put all options but `timeout`, `retryLimit` and `maxRetryDelay`
   * back; `doTransaction` sets them again.
   *
   * @example
   * using tn = db.createTransaction({ timeout: 1000 })
   * tn.set('a', 'b')
   * await tn.commit()
   */
  createTransaction(options: TransactionSettings = {}): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    const plan = planRun(options)
    return this.transactionIn(this.context.createTransaction(plan.options, plan.readOnly))
  }

  /**
   * Sets an option of the database, by its name in the C API or by its code.
   * `fdb_database_set_option`.
   *
   * @throws TypeError for an option that doesn't exist, or a value of the wrong type.
   * @example db.setOption('transaction_timeout', 5000)
   */
  setOption(option: DatabaseOptionName | number, value?: OptionValue): void {
    this.context.handle.setOption(option, value)
  }

  /**
   * Sets options by name.
   *
   * @example db.setNativeOptions({ transaction_timeout: 5000, transaction_retry_limit: 10 })
   */
  setNativeOptions(options: DatabaseOptions): void {
    this.context.setOptions(options)
  }

  /**
   * Opens a tenant: a part of the cluster whose keys lie apart from all others, with the calls that a
   * database has. Close it when you are done. `fdb_database_open_tenant`.
   *
   * That there is no such tenant shows at its first read or commit, as `tenant_not_found` (2131).
   *
   * @example
   * await db.createTenant('acme')
   * using acme = db.openTenant('acme')
   * await acme.set('plan', 'gold')
   */
  openTenant(name: NativeValue): Tenant {
    return new Tenant(new TenantContext(this.context.whole, tenantName(name)), root)
  }

  /**
   * Creates a tenant. The cluster needs `tenant_mode=optional_experimental` or `required_experimental`.
   *
   * @throws FDBError `tenant_already_exists` (2132), `tenants_disabled` (2136), `invalid_tenant_name` (2134).
   * @example await db.createTenant('acme', { group: 'customers' })
   */
  async createTenant(name: NativeValue, options: TenantOptions = {}): Promise<void> {
    await createTenant(this.#whole(), name, options)
  }

  /**
   * Removes a tenant that is empty.
   *
   * @throws FDBError `tenant_not_found` (2131), `tenant_not_empty` (2133).
   * @example
   * await db.createTenant('acme')
   * using acme = db.openTenant('acme')
   * await acme.clearRange('', Buffer.of(0xff))
   * await db.deleteTenant('acme')
   */
  async deleteTenant(name: NativeValue): Promise<void> {
    await deleteTenant(this.#whole(), name)
  }

  /**
   * Puts a tenant into a group, or out of its group. From release 7.2 on.
   *
   * @throws FDBError `tenant_not_found` (2131).
   * @example
   * await db.createTenant('acme', { group: 'customers' })
   * await db.configureTenant('acme', { group: null })
   */
  async configureTenant(
    name: NativeValue,
    options: { readonly group: NativeValue | null },
  ): Promise<void> {
    await configureTenant(this.#whole(), name, options)
  }

  /**
   * Gives a tenant another name. Who has it open goes on by its id. From release 7.2 on.
   *
   * @throws FDBError `tenant_not_found` (2131), `tenant_already_exists` (2132).
   * @example
   * await db.createTenant('acme')
   * await db.renameTenant('acme', 'acme-old')
   */
  async renameTenant(from: NativeValue, to: NativeValue): Promise<void> {
    await renameTenant(this.#whole(), from, to)
  }

  /**
   * What the cluster says about a tenant, or undefined when there is none.
   *
   * @example const id = (await db.getTenant('acme'))?.id
   */
  async getTenant(name: NativeValue): Promise<TenantInfo | undefined> {
    return await getTenant(this.#whole(), name)
  }

  /**
   * The tenants of the cluster, in the order of their names.
   *
   * @example for (const { name, id } of await db.listTenants({ begin: 'a', end: 'b' })) console.log(name, id)
   */
  async listTenants(options: ListTenantsOptions = {}): Promise<TenantInfo[]> {
    return await listTenants(this.#whole(), options)
  }

  /** The whole database without encodings, also from a tenant. */
  #whole(): Database {
    return new Database(this.context.whole, root)
  }

  /**
   * The keys at which the cluster cuts its key space into shards, from `start` to before `end`: a program that
   * reads much can read the parts at once. Without a `start`, of the scope; without an `end`, of a prefix.
   * Keys are bytes, with the prefix of the scope. It reads in as many transactions as it takes, and resumes
   * after errors that another attempt may cure.
   *
   * @example
   * for await (const boundary of db.getBoundaryKeys()) console.log(boundary)
   */
  getBoundaryKeys(
    start?: KeyIn,
    end?: KeyIn,
    options: BoundaryOptions = {},
  ): AsyncGenerator<Buffer, void, undefined> {
    const bounds = boundsOf(this.#subspace, start, end)
    return boundaryKeys(this.#whole(), bounds, options)
  }

  /**
   * Closes the connection, for all scopes. Transactions under way end as they would; new ones throw.
   * `fdb_database_destroy`.
   *
   * @example db.close()
   */
  close(): void {
    this.context.close()
  }

  /**
   * Whether `close` was called.
   *
   * @example if (!db.closed) db.close()
   */
  get closed(): boolean {
    return this.context.closed
  }

  /** `close`, at the end of a block. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }
}

/**
 * An opened tenant: a database of its own inside of the cluster. Made by `db.openTenant`. Scopes and
 * transactions of it see the tenant's keys only, and have all that those of a database have. What concerns
 * the cluster as a whole is passed on to it.
 *
 * `close` gives the tenant back, for all of its scopes; the database stays open. Close it before.
 *
 * @example
 * await db.createTenant('acme')
 * using acme = db.openTenant('acme')
 * const users = acme.at('users/').withValueEncoding(encoders.json)
 * await users.set('ada', { name: 'Ada' })
 */
export class Tenant<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> extends Database<KeyIn, KeyOut, ValIn, ValOut> {
  declare protected readonly context: TenantContext

  /** @internal Use `db.openTenant`. */
  constructor(context: TenantContext, subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>) {
    super(context, subspace)
  }

  /**
   * The number that the cluster gave the tenant, which is never given again. `fdb_tenant_get_id`.
   *
   * @throws FDBError `tenant_not_found` (2131).
   * @example
   * await db.createTenant('acme')
   * using acme = db.openTenant('acme')
   * console.log(await acme.getId())
   */
  async getId(): Promise<bigint> {
    return await this.context.tenant.getId()
  }
}
