// Tenants: parts of a cluster with keys of their own.
import { checkIsObject } from '../../native/values/known-options.ts'
import type { DatabaseContext } from '../connection/database-context.ts'
import type { NativeValue } from '../keys/bytes.ts'
import {
  configureTenant,
  createTenant,
  deleteTenant,
  getTenant,
  listTenants,
  renameTenant,
  tenantName,
} from './tenant-management.ts'
import type { ListTenantsOptions, TenantInfo, TenantOptions } from './tenant-management.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * The tenants of the cluster: parts whose keys lie apart from all others. `db.tenants`.
 *
 * @example
 * await db.tenants.create('acme')
 * using acme = db.tenants.open('acme')
 * await acme.set('plan', 'gold')
 */
export class DatabaseTenants<Tenant> {
  readonly #whole: DatabaseContext
  readonly #openTenant: (name: Uint8Array) => Tenant

  /** @internal Use `db.tenants`. */
  constructor(whole: DatabaseContext, openTenant: (name: Uint8Array) => Tenant) {
    this.#whole = whole
    this.#openTenant = openTenant
  }

  /**
   * Opens a tenant: a part of the cluster whose keys lie apart from all others, with the calls that a
   * database has. Close it when you are done. `fdb_database_open_tenant`.
   *
   * That there is no such tenant shows at its first read or commit, as `tenant_not_found` (2131).
   *
   * @example
   * await db.tenants.create('acme')
   * using acme = db.tenants.open('acme')
   * await acme.set('plan', 'gold')
   */
  open(name: NativeValue): Tenant {
    return this.#openTenant(tenantName(name))
  }

  /**
   * Creates a tenant. The cluster needs `tenant_mode=optional_experimental` or `required_experimental`.
   *
   * @throws FDBError `tenant_already_exists` (2132), `tenants_disabled` (2136), `invalid_tenant_name` (2134).
   * @example await db.tenants.create('acme', { group: 'customers' })
   */
  async create(name: NativeValue, options: TenantOptions = {}): Promise<void> {
    await createTenant(this.#whole, name, options)
  }

  /**
   * Removes a tenant that is empty.
   *
   * @throws FDBError `tenant_not_found` (2131), `tenant_not_empty` (2133).
   * @example
   * await db.tenants.create('acme')
   * using acme = db.tenants.open('acme')
   * await acme.clearRange('', Buffer.of(0xff))
   * await db.tenants.delete('acme')
   */
  async delete(name: NativeValue): Promise<void> {
    await deleteTenant(this.#whole, name)
  }

  /**
   * Puts a tenant into a group, or out of its group. From release 7.2 on.
   *
   * @throws FDBError `tenant_not_found` (2131).
   * @example
   * await db.tenants.create('acme', { group: 'customers' })
   * await db.tenants.configure('acme', { group: null })
   */
  async configure(
    name: NativeValue,
    options: { readonly group: NativeValue | null },
  ): Promise<void> {
    checkIsObject('configure', options)
    await configureTenant(this.#whole, name, options)
  }

  /**
   * Gives a tenant another name. Who has it open goes on by its id. From release 7.2 on.
   *
   * @throws FDBError `tenant_not_found` (2131), `tenant_already_exists` (2132).
   * @example
   * await db.tenants.create('acme')
   * await db.tenants.rename('acme', 'acme-old')
   */
  async rename(from: NativeValue, to: NativeValue): Promise<void> {
    await renameTenant(this.#whole, from, to)
  }

  /**
   * What the cluster says about a tenant, or undefined when there is none.
   *
   * @example const id = (await db.tenants.get('acme'))?.id
   */
  async get(name: NativeValue): Promise<TenantInfo | undefined> {
    return await getTenant(this.#whole, name)
  }

  /**
   * The tenants of the cluster, in the order of their names.
   *
   * @example for (const { name, id } of await db.tenants.list({ begin: 'a', end: 'b' })) console.log(name, id)
   */
  async list(options: ListTenantsOptions = {}): Promise<TenantInfo[]> {
    return await listTenants(this.#whole, options)
  }
}

kind(DatabaseTenants, 'DatabaseTenants')
