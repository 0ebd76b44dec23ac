import { Database, FDBError, root } from '../../index.ts'
import { DatabaseContext } from '../../client/database-context.ts'
import { TransactionContext } from '../../client/transaction-context.ts'
import type { TenantHandle } from '../../future/tenant-handle.ts'
import type { TransactionOptions } from '../../native/generated/transaction-options.ts'

const MAP_PREFIX = Buffer.from('\xff\xff/management/tenant/map/', 'latin1')
const TENANT_ALREADY_EXISTS = 2132
const TENANT_NOT_FOUND = 2131

class TenantContext extends DatabaseContext {
  readonly #tenant: TenantHandle

  constructor(of: DatabaseContext, tenant: TenantHandle) {
    super(of.handle, of.apiVersion, of.environment)
    this.#tenant = tenant
  }

  override createTransaction(options: TransactionOptions): TransactionContext {
    const handle = this.#tenant.createTransaction()
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined) handle.setOption(name, value)
    }
    return new TransactionContext(handle, this.apiVersion, this.environment)
  }
}

/** A tenant that transactions are made from. */
export class ActiveTenant implements Disposable {
  /** One-shot operations and transactions of the tenant. */
  readonly database: Database
  readonly #handle: TenantHandle

  constructor(context: DatabaseContext, name: Uint8Array) {
    this.#handle = context.handle.openTenant(name)
    this.database = new Database(new TenantContext(context, this.#handle), root)
  }

  async getId(): Promise<bigint> {
    return await this.#handle.getId()
  }

  [Symbol.dispose](): void {
    this.#handle[Symbol.dispose]()
  }
}

const keyOf = (name: Uint8Array): Buffer => Buffer.concat([MAP_PREFIX, name])

/** Fails with 2132 when there is one, unless an earlier attempt of this call may have made it. */
export async function createTenant(db: Database, name: Uint8Array): Promise<void> {
  await db.doTransaction(async (tn, attempt) => {
    tn.setOption('special_key_space_enable_writes')
    if (attempt.number === 1 && (await tn.exists(keyOf(name)))) {
      throw new FDBError(TENANT_ALREADY_EXISTS)
    }
    tn.set(keyOf(name), '')
  })
}

/** Fails with 2131 when there is none, unless an earlier attempt of this call may have removed it. */
export async function deleteTenant(db: Database, name: Uint8Array): Promise<void> {
  await db.doTransaction(async (tn, attempt) => {
    tn.setOption('special_key_space_enable_writes')
    if (attempt.number === 1 && !(await tn.exists(keyOf(name)))) {
      throw new FDBError(TENANT_NOT_FOUND)
    }
    tn.clear(keyOf(name))
  })
}

/** Names and descriptions (JSON) of the tenants from `begin` to before `end`. */
export async function listTenants(
  db: Database,
  begin: Uint8Array,
  end: Uint8Array,
  limit: number,
): Promise<[name: Buffer, description: string][]> {
  const entries = await db.doTransaction(async (tn) => {
    tn.setOption('raw_access')
    return tn.getRangeAll(keyOf(begin), keyOf(end), { limit })
  })
  return entries.map(([key, value]) => [key.subarray(MAP_PREFIX.length), value.toString('utf8')])
}
