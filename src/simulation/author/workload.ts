/** What an author writes: a workload, as an object or as a class. */
import type { Database } from '../../client/database/database.ts'
import { checkDefinition } from './check-definition.ts'
import type { OptionDefaults } from './option-values.ts'
import type { WorkloadContext } from './workload-context.ts'
import { brand } from '../../native/values/kinds.ts'

/** A number is summed over the clients; with `average` it is averaged. */
export type MetricValue = number | { readonly value: number; readonly average: boolean }

/** Setup or start. One that throws, or gives false, fails the test; undefined, from one that ran to its end, passes. */
export type Phase<O> = (
  db: Database,
  ctx: WorkloadContext<O>,
) => PromiseLike<boolean | void> | boolean | void

/** Only true, or a promise of it, passes: all else, undefined too, fails the test, as an error that is thrown does. */
export type Check<O> = (db: Database, ctx: WorkloadContext<O>) => PromiseLike<boolean> | boolean

/** What {@link defineWorkload} takes. All of it may be left out. */
export interface WorkloadDefinition<O = OptionDefaults> {
  /** Options of the test file and their defaults, read and checked before setup. */
  readonly options?: O
  /** Fills the database. */
  readonly setup?: Phase<O>
  /** The work, under faults. */
  readonly start?: Phase<O>
  /** Looks at what is left, when all clients are done: true when it is right. Without it there is nothing to fail. */
  readonly check?: Check<O>
  /** Figures for the end of the run, by name; asked for after check. */
  readonly metrics?: (ctx: WorkloadContext<O>) => Readonly<Record<string, MetricValue>>
  /** Simulated seconds that check may take; default 3000. */
  readonly checkTimeout?: number
}

/** Marks what `defineWorkload` made and what extends `Workload`, also by another copy of this package. */
const BRAND = Symbol.for('fdbkit.workload')

/**
 * Defines a workload of a module: its default export, or a named one that `workloadName` chooses.
 *
 * @example
 * export default defineWorkload({
 *   options: { count: 50 },
 *   async start(db, ctx) {
 *     for (let i = 0; i < ctx.options.count; i++) await db.set(`key ${i}`, 'value')
 *   },
 * })
 */
export function defineWorkload<const O extends OptionDefaults = Record<never, never>>(
  definition: WorkloadDefinition<O>,
): WorkloadDefinition<O> {
  checkDefinition(definition)
  return Object.assign(Object.create({ [BRAND]: true }) as object, definition)
}

/**
 * The same as a class: one object for each simulated client.
 *
 * @example
 * export class Atomic extends Workload {
 *   override async start(db: Database, ctx: WorkloadContext): Promise<void> {
 *     await db.add('counter', Buffer.from([1]))
 *   }
 * }
 */
export class Workload {
  /** Options of the test file and their defaults, read and checked before setup. */
  readonly options?: OptionDefaults
  /** Simulated seconds that check may take; default 3000. */
  readonly checkTimeout?: number
  /** Fills the database. */
  setup?(db: Database, ctx: WorkloadContext): PromiseLike<boolean | void> | boolean | void
  /** The work, under faults. */
  start?(db: Database, ctx: WorkloadContext): PromiseLike<boolean | void> | boolean | void
  /** Looks at what is left, when all clients are done: only true passes. Without it there is nothing to fail. */
  check?(db: Database, ctx: WorkloadContext): PromiseLike<boolean> | boolean
  /** Figures for the end of the run, by name; asked for after check. */
  metrics?(ctx: WorkloadContext): Readonly<Record<string, MetricValue>>

  /** @internal */
  get [BRAND](): true {
    return true
  }
}

brand(Workload, 'Workload')

/** Makes the workload of one client out of an export; undefined for an export that is none. */
export function workloadMaker(exported: unknown): (() => WorkloadDefinition) | undefined {
  if (typeof exported === 'function') {
    const prototype = (exported as { prototype?: unknown }).prototype
    if (!isBranded(prototype)) return undefined
    return () => new (exported as new () => Workload)()
  }
  return isBranded(exported) ? () => exported as WorkloadDefinition : undefined
}

function isBranded(value: unknown): boolean {
  return typeof value === 'object' && value !== null && BRAND in value
}
