import { transactionOptions } from '../../native/generated/transaction-options.ts'
import { encodeOption } from '../../native/values/option-values.ts'
import type { OptionValue } from '../../native/values/option-values.ts'
import { checkIsObject, unknownOption } from '../../native/values/known-options.ts'
import { ownEntry } from '../../native/values/own-entry.ts'
import { checkCallOptions } from '../attempt/call-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import { checkBudget } from '../attempt/read-budget.ts'
import type { SetOption } from '../attempt/transaction-context.ts'
import type { RunObserver, RunSettings } from './retry-loop.ts'
import type { RunOptions, TransactionSettings } from './run-options.ts'

/** A run's options, checked: what the transaction is given, and what the loop does itself. */
export interface RunPlan {
  readonly options: readonly SetOption[]
  readonly settings: RunSettings
  readonly readOnly: boolean
  /** A single call, with no code of the caller's in it: it waits in line where there is no room. */
  readonly isCall?: true
  /** For people; undefined: the function's. */
  readonly name?: string | undefined
}

const MAX_TAGS = 5
const MAX_TAG_BYTES = 16
const MAX_INT = 2 ** 31 - 1

/** Options that are not the C API's, or have another name there. */
const OF_TRANSACTIONS: readonly (keyof TransactionSettings)[] = [
  'retryLimit',
  'maxRetryDelay',
  'sizeLimit',
  'idempotency',
  'tags',
  'priority',
  'readOnly',
]
const OF_RUNS: readonly (keyof RunOptions)[] = [
  ...OF_TRANSACTIONS,
  'name',
  'signal',
  'observer',
  'budget',
]

const NO_OPTIONS: readonly SetOption[] = []

/** @throws TypeError that names the option, before anything is done. */
export function planRun(given: RunOptions): RunPlan {
  checkIsObject('a run', given)
  const { name, signal, observer, budget, readOnly, ...rest } = given
  const { timeout } = given
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw wrong('signal', 'an AbortSignal')
  if (name !== undefined && typeof name !== 'string') throw wrong('name', 'a string')
  if (observer !== undefined) checkObserver(observer)
  if (budget !== undefined) checkBudget(budget)
  checkReadOnly(readOnly)
  const options = checkedOptions('a run', rest, OF_RUNS)
  return {
    options,
    settings: { signal, observer, budget, timeout: Number(timeout ?? 0) },
    readOnly: readOnly === true,
    name,
  }
}

/** Of one call as a transaction of its own. @throws TypeError that names the option. */
export function planCall(given: CallOptions | undefined, plan: RunPlan): RunPlan {
  if (given === undefined) return plan
  checkCallOptions(given)
  const { signal, timeout = 0 } = given
  const options = timeout === 0 ? plan.options : [...plan.options, ['timeout', timeout] as const]
  return { ...plan, options, settings: { ...plan.settings, signal, timeout } }
}

/** Of a transaction of its own. @throws TypeError that names the option, before anything is done. */
export function planTransaction(given: TransactionSettings): RunPlan {
  checkIsObject('a transaction', given)
  const { readOnly, ...rest } = given
  checkReadOnly(readOnly)
  const options = checkedOptions('a transaction', rest, OF_TRANSACTIONS)
  return { options, settings: {}, readOnly: readOnly === true }
}

function checkReadOnly(readOnly: unknown): void {
  if (readOnly !== undefined && typeof readOnly !== 'boolean') throw wrong('readOnly', 'a boolean')
}

function checkedOptions(
  whose: string,
  given: TransactionSettings,
  names: readonly string[],
): readonly SetOption[] {
  for (const name in given) checkName(whose, name, names)
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return NO_OPTIONS
  return entries.flatMap(([name, value]) => translated(name, value))
}

function translated(name: string, value: unknown): SetOption[] {
  switch (name) {
    case 'timeout':
      return [['timeout', integer(name, value, 0, MAX_INT)]]
    case 'retryLimit':
    case 'retry_limit':
      return [['retry_limit', integer(name, value, -1, MAX_INT)]]
    case 'maxRetryDelay':
    case 'max_retry_delay':
      return [['max_retry_delay', integer(name, value, 0, MAX_INT)]]
    case 'sizeLimit':
    case 'size_limit':
      return [['size_limit', integer(name, value, 32, 10_000_000)]]
    case 'idempotency':
      if (value !== 'automatic') throw wrong(name, "'automatic'")
      return [['automatic_idempotency', true]]
    case 'tags':
      return tagsOf(value)
    case 'priority':
      return priorityOf(value)
    default:
      encodeOption('transaction option', transactionOptions, name, value as OptionValue)
      return [[name, value as OptionValue]]
  }
}

/** Options of the C API have camel case beside their own. */
function checkName(whose: string, name: string, names: readonly string[]): void {
  const native = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  if (names.includes(name) || ownEntry<unknown>(transactionOptions, native) !== undefined) return
  throw unknownOption(whose, name, [...names, ...Object.keys(transactionOptions)])
}

function integer(name: string, value: unknown, least: number, most: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (Number.isInteger(number) && (number as number) >= least && (number as number) <= most) {
    return number as number
  }
  throw wrong(name, `an integer from ${least} to ${most}`)
}

function tagsOf(tags: unknown): SetOption[] {
  const isTag = (tag: unknown): tag is string =>
    typeof tag === 'string' && tag !== '' && Buffer.byteLength(tag) <= MAX_TAG_BYTES
  if (!Array.isArray(tags) || tags.length > MAX_TAGS || !tags.every(isTag)) {
    throw wrong('tags', `an array of at most ${MAX_TAGS} strings of 1 to ${MAX_TAG_BYTES} bytes`)
  }
  return tags.map((tag) => ['tag', tag] as const)
}

function priorityOf(priority: unknown): SetOption[] {
  switch (priority) {
    case 'default':
      return []
    case 'batch':
      return [['priority_batch', true]]
    case 'immediate':
      return [['priority_system_immediate', true]]
    default:
      throw wrong('priority', "'default', 'batch' or 'immediate'")
  }
}

const EVENTS: readonly (keyof RunObserver)[] = ['started', 'failed', 'committed']

function checkObserver(observer: unknown): void {
  const events = observer as Record<keyof RunObserver, unknown> | null
  const isObserver =
    typeof events === 'object' &&
    events !== null &&
    EVENTS.every((name) => ['undefined', 'function'].includes(typeof events[name]))
  if (!isObserver) {
    throw wrong('observer', 'an object with the functions started, failed and committed')
  }
}

function wrong(name: string, expected: string): TypeError {
  return new TypeError(`${name} of a transaction is ${expected}`)
}
