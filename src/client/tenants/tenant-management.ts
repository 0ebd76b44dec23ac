/** Creates, changes, removes and lists tenants, through the special keys that the C library has for it. */
import * as tuple from '../../layers/tuple/tuple.ts'
import { clientApi } from '../../native/library/api-table.ts'
import { FDBError, markMaybeCommitted } from '../../native/errors/errors.ts'
import { networkInfo } from '../../native/library/network.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { printable } from '../../native/values/printable.ts'
import { concat2, toBytes } from '../keys/bytes.ts'
import type { NativeValue } from '../keys/bytes.ts'
import type { DatabaseContext } from '../connection/database-context.ts'
import { root } from '../keys/subspace.ts'
import { planRun } from '../run/run-plan.ts'
import { Transaction } from '../transaction/transaction.ts'
import { describe } from '../../native/values/describe.ts'

/** A tenant as the cluster describes it. */
export interface TenantInfo {
  /** Its name. */
  readonly name: Buffer
  /** The number that the cluster gave it. */
  readonly id: bigint
  /** What all of its keys begin with, seen from outside. */
  readonly prefix: Buffer
  /** The group it was put into. */
  readonly group: Buffer | undefined
  /** `unlocked`, `locked` or `read only`; undefined where the release doesn't say. */
  readonly lockState: string | undefined
}

/** What can be said of a tenant. */
export interface TenantOptions {
  /** Tenants of one group stay together when they move between clusters. */
  readonly group?: NativeValue | undefined
}

/** Which tenants to list. */
export interface ListTenantsOptions {
  /** The first name; from the start unless set. */
  readonly begin?: NativeValue | undefined
  /** The name before which the list ends. */
  readonly end?: NativeValue | undefined
  /** At most so many; all unless set. */
  readonly limit?: number | undefined
}

const TENANT = knownOptions<TenantOptions>('a tenant', { group: true })
const CONFIGURATION = knownOptions<TenantOptions>('the configuration of a tenant', { group: true })
const LIST = knownOptions<ListTenantsOptions>('a list of tenants', {
  begin: true,
  end: true,
  limit: true,
})

const MANAGEMENT = '\xff\xff/management/'
const ERROR_MESSAGE = Buffer.from('\xff\xff/error_message', 'latin1')
const SPECIAL_KEYS_API_FAILURE = 2117
const TENANT_NOT_FOUND = 2131
const TENANT_ALREADY_EXISTS = 2132
/** Release 7.1 has the map alone, under another name. */
const FIRST_WITH_GROUPS = 720
const GROUP = 'tenant_group'

/** The special keys of the library whose newest API version this is. */
export function tenantKeys(newestVersion: number): {
  map: Buffer
  configure: Buffer
  rename: Buffer
} {
  const map = newestVersion < FIRST_WITH_GROUPS ? 'tenant_map/' : 'tenant/map/'
  const key = (path: string): Buffer => Buffer.from(MANAGEMENT + path, 'latin1')
  return { map: key(map), configure: key('tenant/configure/'), rename: key('tenant/rename/') }
}

function keys(): ReturnType<typeof tenantKeys> {
  // In a simulation no library is loaded: the server's own is newer than that.
  const isLoaded = networkInfo().apiVersion !== 0
  const newest = isLoaded ? (clientApi().call('fdb_get_max_api_version') as number) : Infinity
  return tenantKeys(newest)
}

/** The bytes of a tenant's name. Which ones may be a name is the cluster's say. */
export function tenantName(name: NativeValue): Uint8Array {
  return toBytes(name, 'the name of a tenant')
}

/** @throws FDBError 2132 when there is one, unless an earlier attempt of this call may have made it. */
export async function createTenant(
  db: DatabaseContext,
  name: NativeValue,
  options: TenantOptions,
): Promise<void> {
  checkOptions(TENANT, options)
  const bytes = tenantName(name)
  const group = groupOf(options)
  const { map } = keys()
  await manage(db, 'createTenant', bytes, async (tn, maybeDone) => {
    if (!maybeDone && (await tn.exists(concat2(map, bytes)))) {
      throw problem(TENANT_ALREADY_EXISTS, 'createTenant', bytes)
    }
    tn.set(concat2(map, bytes), '')
    if (group !== undefined) tn.set(groupKey(bytes), group)
  })
}

/** @throws FDBError 2131 when there is none, unless an earlier attempt of this call may have removed it. */
export async function deleteTenant(db: DatabaseContext, name: NativeValue): Promise<void> {
  const bytes = tenantName(name)
  const { map } = keys()
  await manage(db, 'deleteTenant', bytes, async (tn, maybeDone) => {
    if (!maybeDone && !(await tn.exists(concat2(map, bytes)))) {
      throw problem(TENANT_NOT_FOUND, 'deleteTenant', bytes)
    }
    tn.clear(concat2(map, bytes))
  })
}

export async function configureTenant(
  db: DatabaseContext,
  name: NativeValue,
  options: { readonly group: NativeValue | null },
): Promise<void> {
  checkOptions(CONFIGURATION, options)
  const bytes = tenantName(name)
  const group = options.group === null ? null : groupOf(options)
  if (group === undefined) throw new TypeError('configureTenant takes a group, or null for none')
  await manage(db, 'configureTenant', bytes, (tn) => {
    if (group === null) tn.clear(groupKey(bytes))
    else tn.set(groupKey(bytes), group)
  })
}

/** @throws FDBError 2131 when there is none, 2132 when the new name is taken. */
export async function renameTenant(
  db: DatabaseContext,
  from: NativeValue,
  to: NativeValue,
): Promise<void> {
  const [bytes, target] = [tenantName(from), tenantName(to)]
  const { map, rename } = keys()
  await manage(db, 'renameTenant', bytes, async (tn, maybeDone) => {
    if (!(await tn.exists(concat2(map, bytes)))) {
      // An earlier attempt may have done it.
      if (maybeDone && (await tn.exists(concat2(map, target)))) return
      throw problem(TENANT_NOT_FOUND, 'renameTenant', bytes)
    }
    tn.set(concat2(rename, bytes), target)
  })
}

export async function getTenant(
  db: DatabaseContext,
  name: NativeValue,
): Promise<TenantInfo | undefined> {
  const bytes = tenantName(name)
  const value = await manage(db, 'getTenant', bytes, (tn) => tn.get(concat2(keys().map, bytes)))
  return value === undefined ? undefined : infoOf(Buffer.from(bytes), value)
}

export async function listTenants(
  db: DatabaseContext,
  options: ListTenantsOptions,
): Promise<TenantInfo[]> {
  checkOptions(LIST, options)
  const { begin = '', end = Buffer.of(0xff), limit = 0 } = options
  const { map } = keys()
  const first = concat2(map, toBytes(begin, 'begin'))
  const behind = concat2(map, toBytes(end, 'end'))
  const entries = await manage(db, 'listTenants', first, (tn) =>
    tn.getRangeAll(first, behind, { limit }),
  )
  return entries.map(([key, value]) => infoOf(key.subarray(map.length), value))
}

const MANAGES = planRun({ special_key_space_enable_writes: true, raw_access: true }).options

/** Runs a transaction on the special keys, and says what they say about a refusal. */
async function manage<T>(
  db: DatabaseContext,
  operation: string,
  name: Uint8Array,
  body: (tn: Transaction, maybeDone: boolean) => PromiseLike<T> | T,
): Promise<T> {
  using tn = new Transaction(db.createTransaction(MANAGES), root)
  let maybeDone = false
  for (;;) {
    try {
      const result = await body(tn, maybeDone)
      await tn.commit()
      return result
    } catch (error) {
      if (!(error instanceof FDBError)) throw error
      maybeDone ||= error.maybeCommitted
      const final = await finalError(tn, error, operation, name)
      if (final !== undefined) {
        if (maybeDone) markMaybeCommitted(final)
        throw final
      }
      tn.restoreOptions()
    }
  }
}

/** What ends the call; undefined when the transaction is ready for another attempt. */
async function finalError(
  tn: Transaction,
  error: FDBError,
  operation: string,
  name: Uint8Array,
): Promise<Error | undefined> {
  if (error.code === SPECIAL_KEYS_API_FAILURE) return await explained(tn, operation, name)
  try {
    await tn.onError(error.code)
    return undefined
  } catch (verdict) {
    return verdict instanceof FDBError && verdict.code === error.code ? error : (verdict as Error)
  }
}

/** The refusal with the reason that the library left in a special key of the transaction. */
async function explained(tn: Transaction, operation: string, key: Uint8Array): Promise<FDBError> {
  const reason = await tn.get(ERROR_MESSAGE)
  const { message } = JSON.parse(reason?.toString('utf8') ?? '{}') as { message?: unknown }
  const because = typeof message === 'string' ? ` (${message})` : ''
  const detail = `${operation} of ${printable(key)}${because}`
  return new FDBError(SPECIAL_KEYS_API_FAILURE, detail, { operation, key })
}

function problem(code: number, operation: string, key: Uint8Array): FDBError {
  return new FDBError(code, undefined, { operation, key })
}

function groupOf({
  group,
}: {
  readonly group?: NativeValue | null | undefined
}): Uint8Array | undefined {
  return group === undefined || group === null ? undefined : toBytes(group, 'the group of a tenant')
}

function groupKey(name: Uint8Array): Buffer {
  return concat2(keys().configure, tuple.pack([Buffer.from(name), GROUP]))
}

/** Bytes in JSON: text in release 7.1, an object with base64 from then on. */
type JsonBytes = string | { base64?: string; printable?: string }

interface Description {
  readonly id?: number
  readonly prefix?: JsonBytes
  readonly tenant_group?: JsonBytes
  readonly lock_state?: string
}

function bytesOf(json: JsonBytes): Buffer {
  if (typeof json === 'string') return Buffer.from(json, 'latin1')
  return Buffer.from(json.base64 ?? '', 'base64')
}

function infoOf(name: Buffer, value: Buffer): TenantInfo {
  const description = JSON.parse(value.toString('utf8')) as Description
  const { id, prefix, tenant_group: group } = description
  if (id === undefined || prefix === undefined) {
    throw new TypeError(
      `the description of a tenant is ${describe(description)} without id or prefix`,
    )
  }
  const bytes = bytesOf(prefix)
  return {
    name,
    // A number of JSON has 53 bits, and the prefix is the whole id.
    id: bytes.length === 8 ? bytes.readBigInt64BE() : BigInt(id),
    prefix: bytes,
    group: group === undefined ? undefined : bytesOf(group),
    lockState: description.lock_state,
  }
}
