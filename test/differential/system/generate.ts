import { MutationType } from '../../../src/native/generated/mutation-type.ts'
import { TransactionOptionCode as Option } from '../../../src/native/generated/transaction-options.ts'
import { Draw } from '../draw.ts'

/** Transactions that are open at a time. */
export const SLOTS = 3
/** Names that a stream gives tenants; nobody else's on the cluster. */
export const TENANTS = ['fdbkit 0', 'fdbkit 1', 'fdbkit 2']
/** A name that no tenant ever has. */
export const NO_TENANT = 'fdbkit none'
export const METADATA_VERSION = '\xff/metadataVersion'

const OPERATIONS = 60
const KEYS = ['a', 'b', METADATA_VERSION, METADATA_VERSION, `${METADATA_VERSION}\0`]
/** Of these it is compared whether there is a value, not which one. */
export const UNLIKE_KEYS = [
  '\xff/coordinators',
  '\xff\xff/tracing/token',
  '\xff\xff/tracing/transaction_id',
  '\xff\xff/tracing/none',
  '\xff\xff/metrics/health/aggregate',
  '\xff\xff/actor_lineage/state',
  '\xff\xff/actor_lineage/none/1.1.1.1:1',
]
const TRACED: readonly [string, string][] = [
  ['token', 'true'],
  ['token', 'false'],
  ['token', 'maybe'],
  ['transaction_id', '0123456789abcdef0123456789abcdef'],
  ['none', ''],
]

/** Operations on what a cluster keeps of itself: plain data, drawn before anything runs. Bytes are latin1 text. */
export type SystemOperation = { readonly slot: number } & (
  | { readonly op: 'begin'; readonly tenant: string }
  | { readonly op: 'option'; readonly code: number }
  | { readonly op: 'get'; readonly key: string; readonly snapshot: boolean }
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  | { readonly op: 'clear'; readonly key: string }
  | { readonly op: 'clearRange'; readonly begin: string; readonly end: string }
  | { readonly op: 'atomic'; readonly type: number; readonly key: string; readonly param: string }
  | { readonly op: 'conflict'; readonly key: string; readonly write: boolean }
  | { readonly op: 'readVersion' | 'list' | 'error' | 'commit' }
  | { readonly op: 'setReadVersion'; readonly other: number }
  | { readonly op: 'commitAnd'; readonly end: 'cancel' | 'reset' | 'destroy' | 'get' | 'set' }
  | { readonly op: 'watch'; readonly tenant: string; readonly key: string }
)

const MANAGEMENT = '\xff\xff/management/tenant/'
export const tenantMapKey = (name: string): string => `${MANAGEMENT}map/${name}`
const renameKey = (name: string): string => `${MANAGEMENT}rename/${name}`
const configureKey = (name: string, parameter: string): string =>
  `${MANAGEMENT}configure/\x02${name}\0\x02${parameter}\0`

/** Draws the operations of one stream. */
export class SystemStreamGenerator {
  readonly #draw: Draw

  constructor(seed: number) {
    this.#draw = new Draw(seed)
  }

  stream(): SystemOperation[] {
    const operations: SystemOperation[] = []
    for (let slot = 0; slot < SLOTS; slot++) operations.push({ slot, op: 'begin', tenant: '' })
    while (operations.length < OPERATIONS) operations.push(...this.#next())
    return operations
  }

  #next(): SystemOperation[] {
    const draw = this.#draw
    const slot = draw.integer(0, SLOTS - 1)
    switch (
      draw.weighted({ tenants: 5, begin: 3, data: 6, metadata: 5, version: 3, end: 5, special: 2 })
    ) {
      case 'tenants':
        return this.#changeTenants(slot)
      case 'begin':
        return [this.#begin(slot)]
      case 'data':
        return [this.#data(slot, draw.pick(KEYS))]
      case 'metadata':
        return [this.#metadata(slot)]
      case 'version':
        return draw.oneIn(2)
          ? [{ slot, op: 'readVersion' }]
          : [this.#begin(slot), { slot, op: 'setReadVersion', other: draw.integer(0, SLOTS - 1) }]
      case 'end':
        return this.#end(slot)
      case 'special':
        return this.#special(slot)
    }
  }

  #begin(slot: number): SystemOperation {
    return { slot, op: 'begin', tenant: this.#draw.pick(['', '', ...TENANTS]) }
  }

  #data(slot: number, key: string): SystemOperation {
    const draw = this.#draw
    switch (draw.weighted({ get: 5, set: 3, clear: 2, conflict: 2, option: 1 })) {
      case 'get':
        return { slot, op: 'get', key, snapshot: draw.oneIn(3) }
      case 'set':
        return { slot, op: 'set', key, value: draw.pick(['x', 'yy']) }
      case 'clear':
        return { slot, op: 'clear', key }
      case 'conflict':
        return { slot, op: 'conflict', key, write: draw.oneIn(3) }
      case 'option':
        return {
          slot,
          op: 'option',
          code: draw.pick([Option.ReadYourWritesDisable, Option.AccessSystemKeys]),
        }
    }
  }

  #metadata(slot: number): SystemOperation {
    const draw = this.#draw
    const key = draw.oneIn(8) ? `${METADATA_VERSION}\0` : METADATA_VERSION
    if (draw.oneIn(2)) return { slot, op: 'get', key, snapshot: draw.oneIn(3) }
    const type = draw.oneIn(5)
      ? draw.pick([MutationType.Add, MutationType.SetVersionstampedKey])
      : MutationType.SetVersionstampedValue
    const param = draw.oneIn(8) ? '\0'.repeat(13) : '\0'.repeat(14)
    return { slot, op: 'atomic', type, key, param }
  }

  /** Writes of one transaction, sometimes of which some take each other's place. */
  #changeTenants(slot: number): SystemOperation[] {
    const draw = this.#draw
    const operations: SystemOperation[] = [
      { slot, op: 'begin', tenant: '' },
      { slot, op: 'option', code: Option.SpecialKeySpaceEnableWrites },
    ]
    if (draw.oneIn(4)) operations.push({ slot, op: 'setReadVersion', other: draw.integer(0, 2) })
    const writes = draw.pick([1, 1, 1, 2, 3])
    for (let i = 0; i < writes; i++) operations.push(this.#changeTenant(slot))
    return [...operations, { slot, op: 'commit' }, { slot, op: 'error' }]
  }

  #changeTenant(slot: number): SystemOperation {
    const draw = this.#draw
    const name = draw.pick(TENANTS)
    switch (draw.weighted({ make: 6, remove: 3, range: 1, rename: 3, group: 2, parameter: 1 })) {
      case 'make':
        return { slot, op: 'set', key: tenantMapKey(name), value: '' }
      case 'remove':
        return { slot, op: 'clear', key: tenantMapKey(name) }
      case 'range':
        return {
          slot,
          op: 'clearRange',
          begin: tenantMapKey(TENANTS[0]!),
          end: tenantMapKey(`${name}\0`),
        }
      case 'rename':
        return { slot, op: 'set', key: renameKey(name), value: draw.pick(TENANTS) }
      case 'group': {
        const key = configureKey(name, 'tenant_group')
        const value = draw.pick(['one', 'two', '\xff'])
        return draw.oneIn(4) ? { slot, op: 'clear', key } : { slot, op: 'set', key, value }
      }
      case 'parameter': {
        const key = draw.pick([configureKey(name, 'none'), `${MANAGEMENT}configure/none`])
        return { slot, op: 'set', key, value: 'x' }
      }
    }
  }

  #end(slot: number): SystemOperation[] {
    const draw = this.#draw
    switch (draw.weighted({ commit: 6, and: 1, watch: 1 })) {
      case 'commit':
        return [{ slot, op: 'commit' }, this.#begin(slot)]
      case 'and': {
        const end = draw.pick(['cancel', 'reset', 'destroy', 'get', 'set'] as const)
        return [{ slot, op: 'commitAnd', end }]
      }
      case 'watch':
        // Not of the metadata version: the real client would watch a key of the tenant by that name, and
        // where there is no tenant an assertion of its own fails (4100).
        return [{ slot, op: 'watch', tenant: draw.pick(TENANTS), key: draw.pick(['a', 'b']) }]
    }
  }

  #special(slot: number): SystemOperation[] {
    const draw = this.#draw
    if (draw.oneIn(3)) return [{ slot, op: 'list' }]
    const begin: SystemOperation = { slot, op: 'begin', tenant: '' }
    if (draw.oneIn(2)) {
      const system: SystemOperation = { slot, op: 'option', code: Option.ReadSystemKeys }
      return [begin, system, { slot, op: 'get', key: draw.pick(UNLIKE_KEYS), snapshot: false }]
    }
    const [path, value] = draw.pick(TRACED)
    const key = `\xff\xff/tracing/${path}`
    return [
      begin,
      { slot, op: 'option', code: Option.SpecialKeySpaceEnableWrites },
      draw.oneIn(5) ? { slot, op: 'clear', key } : { slot, op: 'set', key, value },
      { slot, op: 'get', key, snapshot: false },
      { slot, op: 'commit' },
      { slot, op: 'error' },
      begin,
    ]
  }
}
