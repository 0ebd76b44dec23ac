// The database as a program sees it, how it is opened, and what its parts are made of.
import { DatabaseAdmin } from '../connection/database-admin.ts'
import type { DatabaseContext } from '../connection/database-context.ts'
import { DatabaseGranules } from '../granules/database-granules.ts'
import { DatabaseLocality } from '../scans/database-locality.ts'
import type { LocatedDatabase } from '../scans/database-locality.ts'
import { DatabaseTenants } from '../tenants/database-tenants.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { DatabaseVersionstamps } from './database-versionstamps.ts'
import type { OneShots } from './one-shots.ts'

/** What the facets need of their database. */
export interface FacetedDatabase<KeyIn, KeyOut, ValIn, ValOut, Tenant>
  extends
    OneShots<Transaction<KeyIn, KeyOut, ValIn, ValOut>>,
    LocatedDatabase<KeyIn, KeyOut, ValIn, ValOut> {
  readonly context: DatabaseContext
  readonly openTenant: (name: Uint8Array) => Tenant
}

/** What few programs need of a database, each part made when it is asked for. */
export class DatabaseFacets<KeyIn, KeyOut, ValIn, ValOut, Tenant> {
  readonly #db: FacetedDatabase<KeyIn, KeyOut, ValIn, ValOut, Tenant>
  #tenants: DatabaseTenants<Tenant> | undefined
  #versionstamps: DatabaseVersionstamps<KeyIn, KeyOut, ValIn, ValOut> | undefined
  #locality: DatabaseLocality<KeyIn, KeyOut, ValIn, ValOut> | undefined
  #granules: DatabaseGranules<KeyIn> | undefined
  #admin: DatabaseAdmin | undefined

  constructor(db: FacetedDatabase<KeyIn, KeyOut, ValIn, ValOut, Tenant>) {
    this.#db = db
  }

  get tenants(): DatabaseTenants<Tenant> {
    const { context } = this.#db
    return (this.#tenants ??= new DatabaseTenants(context.whole, this.#db.openTenant))
  }

  get versionstamps(): DatabaseVersionstamps<KeyIn, KeyOut, ValIn, ValOut> {
    return (this.#versionstamps ??= new DatabaseVersionstamps(this.#db))
  }

  get locality(): DatabaseLocality<KeyIn, KeyOut, ValIn, ValOut> {
    return (this.#locality ??= new DatabaseLocality(this.#db))
  }

  get granules(): DatabaseGranules<KeyIn> {
    return (this.#granules ??= new DatabaseGranules(this.#db.context, this.#db.subspace))
  }

  get admin(): DatabaseAdmin {
    return (this.#admin ??= new DatabaseAdmin(this.#db.context))
  }
}
