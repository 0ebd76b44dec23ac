/** What the author of a workload by model writes. */
import { describe } from '../../native/values/describe.ts'
import { unknownOption } from '../../native/values/known-options.ts'
import type { Database } from '../../client/database/database.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import type { OptionDefaults, OptionValues } from '../author/option-values.ts'
import type { WorkloadContext } from '../author/workload-context.ts'
import type { ArgumentGenerator } from './arbitrary.ts'

/** What a command makes of the model's state, and what it must answer. Pure: the state that it is given stays as it is. */
export type ModelStep<S, A> = (state: S, args: A) => readonly [state: S, answer: unknown]

/** A command, which is carried out in one of three ways, and what the model makes of it. */
export interface ModelCommand<S, A, O = OptionDefaults> {
  /** Arguments: an arbitrary of fast-check. Without one there are none. */
  readonly args?: ArgumentGenerator<A>
  /** In one transaction, which may run more than once: its place is that of its commit. */
  readonly transaction?: (tn: Transaction, args: A, ctx: WorkloadContext<O>) => Promise<unknown>
  /** In one transaction that only reads: its place is that of its read version. */
  readonly read?: (tn: Transaction, args: A, ctx: WorkloadContext<O>) => Promise<unknown>
  /** In any number of transactions. It may be at any place between its begin and its end. */
  readonly database?: (db: Database, args: A, ctx: WorkloadContext<O>) => Promise<unknown>
  /** What it makes of the model's state, and what it must answer. */
  readonly model: ModelStep<S, A>
}

/** What {@link defineModelWorkload} takes. */
export interface ModelWorkload<S, A, O = OptionDefaults> {
  /** Options of the test file; `commands` (20 of each client) and `pause` (0.5 s before each, at most) are there always. */
  readonly options?: O
  /** The state that the model begins with. */
  readonly model: (values: OptionValues<O>) => S
  /** Brings the database into that state. */
  readonly setup?: (db: Database, ctx: WorkloadContext<O>) => PromiseLike<void> | void
  /** What clients do, by name; each client draws its commands from all of them. */
  readonly commands: { readonly [Name in keyof A]: ModelCommand<S, A[Name], O> }
  /** What holds for every state, by its name. */
  readonly invariants?: Readonly<Record<string, (state: S, values: OptionValues<O>) => boolean>>
  /** Reads the state that is left: it must be the model's. */
  readonly state?: (tn: Transaction, values: OptionValues<O>) => Promise<S>
}

const KNOWN = ['options', 'model', 'setup', 'commands', 'invariants', 'state']
const WAYS = ['transaction', 'read', 'database'] as const

/** Throws TypeError, which names what is wrong. */
export function checkModelWorkload(definition: unknown): void {
  if (typeof definition !== 'object' || definition === null) {
    throw new TypeError(`defineModelWorkload takes an object, not ${describe(definition)}`)
  }
  const given = definition as Readonly<Record<string, unknown>>
  for (const key of Object.keys(given)) {
    if (!KNOWN.includes(key)) throw unknownOption('defineModelWorkload', key, KNOWN)
  }
  if (typeof given['model'] !== 'function') {
    throw new TypeError('model of a workload is a function that gives the first state')
  }
  const { commands } = given
  if (typeof commands !== 'object' || commands === null || Object.keys(commands).length === 0) {
    throw new TypeError('commands of a workload are an object with at least one command')
  }
  for (const [name, command] of Object.entries(commands)) checkCommand(name, command)
}

function checkCommand(name: string, command: unknown): void {
  const given = (command ?? {}) as Readonly<Record<string, unknown>>
  const ways = WAYS.filter((way) => typeof given[way] === 'function')
  if (ways.length !== 1) {
    throw new TypeError(`command ${name} is carried out in one way: ${WAYS.join(', ')}`)
  }
  if (typeof given['model'] !== 'function') {
    throw new TypeError(`command ${name} needs a model: a function of a state and its arguments`)
  }
  const { args } = given
  const isGenerator =
    args === undefined ||
    (typeof (args as ArgumentGenerator<unknown> | null)?.generate === 'function' &&
      typeof (args as ArgumentGenerator<unknown>).shrink === 'function')
  if (!isGenerator) throw new TypeError(`args of command ${name} are an arbitrary of fast-check`)
}
