import type { DatabaseHandle } from '../../../src/future/handles/database-handle.ts'
import type { TenantHandle } from '../../../src/future/handles/tenant-handle.ts'
import type { TransactionHandle } from '../../../src/future/handles/transaction-handle.ts'
import { FDBError } from '../../../src/native/errors/errors.ts'
import { Stamps } from '../stamps.ts'
import {
  METADATA_VERSION,
  NO_TENANT,
  SLOTS,
  TENANTS,
  UNLIKE_KEYS,
  tenantMapKey,
} from './generate.ts'
import type { SystemOperation } from './generate.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const atKey = (key: Buffer) => ({ key, orEqual: false, offset: 1 })
const ALL = { begin: Buffer.alloc(0), end: Buffer.of(0xff) }

async function outcome(future: PromiseLike<unknown>): Promise<string> {
  try {
    await future
    return 'ok'
  } catch (error) {
    if (error instanceof FDBError) return `error ${error.code}`
    throw error
  }
}

/** Runs a stream on what a cluster keeps of itself, and writes down what each operation answers. */
export class SystemStreamRun {
  readonly #db: DatabaseHandle
  readonly #slots: TransactionHandle[] = []
  readonly #tenants: TenantHandle[] = []
  readonly #versions: (bigint | undefined)[] = []
  readonly #stamps = new Stamps()

  constructor(db: DatabaseHandle) {
    this.#db = db
  }

  /** One line for each operation, then one for the tenants that are left; `trace` hears of each before it runs. */
  async run(
    operations: readonly SystemOperation[],
    trace?: (line: string) => void,
  ): Promise<string[]> {
    await this.#clearAll()
    for (let slot = 0; slot < SLOTS; slot++) this.#slots[slot] = this.#db.createTransaction()
    const lines: string[] = []
    for (const operation of operations) {
      const { slot, op, ...rest } = operation
      const shown = Object.values(rest).map((value) =>
        typeof value === 'string' ? `'${new Stamps().show(bytes(value))}'` : String(value),
      )
      const line = [slot, op, ...shown].join(' ')
      trace?.(line)
      lines.push(`${line} = ${await this.#answer(operation)}`)
    }
    for (const tn of this.#slots) tn[Symbol.dispose]()
    lines.push(`left ${await this.#committed((tn) => this.#list(tn))}`)
    await this.#clearAll()
    return lines
  }

  async #answer(operation: SystemOperation): Promise<string> {
    try {
      return await this.#execute(operation)
    } catch (error) {
      if (error instanceof FDBError) return `error ${error.code}`
      throw error
    }
  }

  /** Runs a transaction of our own until it is committed. */
  async #committed<T>(
    body: (tn: TransactionHandle) => T | Promise<T>,
    whose: DatabaseHandle | TenantHandle = this.#db,
  ): Promise<T> {
    using tn = whose.createTransaction()
    for (;;) {
      try {
        const result = await body(tn)
        await tn.commit()
        return result
      } catch (error) {
        if (!(error instanceof FDBError)) throw error
        await tn.onError(error.code)
      }
    }
  }

  async #clearAll(): Promise<void> {
    for (const tenant of this.#tenants.splice(0)) tenant[Symbol.dispose]()
    for (const name of TENANTS) {
      const there = await this.#committed((tn) => tn.get(bytes(tenantMapKey(name))))
      if (there === undefined) continue
      using tenant = this.#db.openTenant(bytes(name))
      await this.#committed((tn) => tn.clearRange(ALL.begin, ALL.end), tenant)
      await this.#committed((tn) => {
        tn.setOption('special_key_space_enable_writes')
        tn.clear(bytes(tenantMapKey(name)))
      })
    }
    await this.#committed((tn) => {
      tn.setOption('access_system_keys')
      tn.clearRange(ALL.begin, ALL.end)
      tn.clear(bytes(METADATA_VERSION))
      tn.clear(bytes(`${METADATA_VERSION}\0`))
    })
  }

  /**
   * Opens the tenant of a name, or one that never is when there is none: a cluster goes on finding a tenant
   * that was renamed by its old name, too.
   */
  async #open(name: string): Promise<TenantHandle> {
    const there = await this.#committed((tn) => tn.get(bytes(tenantMapKey(name))))
    return this.#db.openTenant(bytes(there === undefined ? NO_TENANT : name))
  }

  async #begin(slot: number, name: string): Promise<void> {
    this.#slots[slot]![Symbol.dispose]()
    if (name === '') {
      this.#slots[slot] = this.#db.createTransaction()
      return
    }
    // A handle is about the tenant that had the name when it was opened.
    // The older ones stay open, for the transactions that they have.
    const tenant = await this.#open(name)
    this.#tenants.push(tenant)
    this.#slots[slot] = tenant.createTransaction()
  }

  async #execute(operation: SystemOperation): Promise<string> {
    const { slot } = operation
    const tn = this.#slots[slot]!
    switch (operation.op) {
      case 'begin':
        await this.#begin(slot, operation.tenant)
        return 'ok'
      case 'option':
        tn.setOption(operation.code)
        return 'ok'
      case 'get': {
        const value = await tn.get(bytes(operation.key), operation.snapshot)
        if (value === undefined) return 'none'
        return UNLIKE_KEYS.includes(operation.key) ? 'a value' : this.#stamps.show(value)
      }
      case 'set':
        tn.set(bytes(operation.key), bytes(operation.value))
        return 'ok'
      case 'clear':
        tn.clear(bytes(operation.key))
        return 'ok'
      case 'clearRange':
        tn.clearRange(bytes(operation.begin), bytes(operation.end))
        return 'ok'
      case 'atomic':
        tn.atomicOp(operation.type, bytes(operation.key), bytes(operation.param))
        return 'ok'
      case 'conflict': {
        const { key, write } = operation
        tn.addConflictRange(bytes(key), bytes(`${key}\0`), write ? 1 : 0)
        return 'ok'
      }
      case 'readVersion':
        this.#versions[slot] = await tn.getReadVersion()
        return 'a version'
      case 'setReadVersion': {
        const version = this.#versions[operation.other]
        if (version === undefined) return 'no version yet'
        tn.setReadVersion(version)
        return 'ok'
      }
      case 'list':
        return this.#list(tn)
      case 'error': {
        const message = await tn.get(bytes('\xff\xff/error_message'))
        return message === undefined ? 'none' : 'a message'
      }
      case 'commit':
        return this.#commit(tn)
      case 'commitAnd':
        return this.#commitAnd(operation.end)
      case 'watch':
        return this.#watch(operation.tenant, bytes(operation.key))
    }
  }

  /** The names, and their groups: the numbers of the tenants go on from stream to stream. */
  async #list(tn: TransactionHandle): Promise<string> {
    const [begin, end] = [bytes(tenantMapKey(TENANTS[0]!)), bytes(tenantMapKey('fdbkit ~'))]
    const { results } = await tn.getRange(atKey(begin), atKey(end), { mode: -2 })
    return results
      .map(([key, value]) => {
        const { tenant_group: group } = JSON.parse(String(value)) as {
          tenant_group?: { printable: string }
        }
        return `${String(key).split('/').at(-1)}:${group?.printable ?? ''}`
      })
      .join(', ')
  }

  async #commit(tn: TransactionHandle): Promise<string> {
    const stamp = tn.getVersionstamp()
    stamp.catch(() => undefined)
    await tn.commit()
    try {
      return `ok ${this.#stamps.learn(await stamp)}`
    } catch (error) {
      if (error instanceof FDBError) return `ok, no stamp ${error.code}`
      throw error
    }
  }

  /** What comes right behind a commit ends it. */
  async #commitAnd(end: string): Promise<string> {
    const tn = this.#db.createTransaction()
    const key = bytes('ended')
    tn.set(key, key)
    const commit = outcome(tn.commit())
    let second: Promise<string> = Promise.resolve('ok')
    if (end === 'cancel') tn.cancel()
    else if (end === 'reset') tn.reset()
    else if (end === 'get') second = outcome(tn.get(key))
    else if (end === 'set') tn.set(key, key)
    else tn.destroy()
    const answers = `${await commit}, ${await second}`
    tn[Symbol.dispose]()
    await this.#committed((other) => other.clear(key))
    return answers
  }

  /** A watch in a tenant that is then removed, if it can be. */
  async #watch(name: string, key: Buffer): Promise<string> {
    using tenant = await this.#open(name)
    using watching = tenant.createTransaction()
    const watch = watching.watch(key).holdOpen(true)
    const ended = outcome(watch)
    const placed = await outcome(watching.commit())
    using tn = this.#db.createTransaction()
    tn.setOption('special_key_space_enable_writes')
    tn.clear(bytes(tenantMapKey(name)))
    const removed = await outcome(tn.commit())
    if (placed === 'ok' && removed !== 'ok') watch.cancel()
    return `${placed}, removed ${removed}, ${await ended}`
  }
}
