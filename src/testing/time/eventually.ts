/** Waits for what comes true by itself, with an end. */
import { hostEnvironment } from '../../native/environment/environment.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { onAbort } from '../../native/environment/on-abort.ts'
import { checkFunction } from '../../native/values/arguments.ts'
import { shown } from '../../native/values/describe.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { nextTurn } from '../ground/turns.ts'
import { VirtualClock } from './virtual-clock.ts'

/** How long {@link eventually} tries, and how often. */
export interface EventuallyOptions {
  /** Milliseconds until it gives up. Default: 5000. */
  within?: number | undefined
  /** Milliseconds from one try to the next. Default: 10. */
  every?: number | undefined
  /** Whose clock it goes by; a {@link VirtualClock} is moved on. Default: the host's. */
  environment?: Environment | undefined
  /** Gives up when it aborts, with its reason. */
  signal?: AbortSignal | undefined
}

const KNOWN = knownOptions<EventuallyOptions>('eventually', {
  within: true,
  every: true,
  environment: true,
  signal: true,
})

/**
 * Tries until `attempt` neither throws nor gives `false`, and returns what it gave.
 *
 * @param attempt what is tried: assertions of any library, or a question that is answered by `false` or something else.
 * @throws Error when it did not come true in time; its `cause` is what the last try threw.
 * @example
 * setTimeout(() => void db.set('done', 'yes'), 20)
 * const value = await eventually(async () => (await db.get('done')) ?? false)
 * console.log(String(value)) // yes
 */
export async function eventually<T>(
  attempt: () => T,
  options: EventuallyOptions = {},
): Promise<Exclude<Awaited<T>, false>> {
  checkFunction('attempt of eventually', attempt)
  checkOptions(KNOWN, options)
  const { within = 5000, every = 10, environment = hostEnvironment, signal } = options
  checkTime('within', within, 0)
  checkTime('every', every, Number.MIN_VALUE)
  const end = environment.now() + within
  let tries = 0
  let last: Tried<Awaited<T>> = { state: 'pending' }
  do {
    if (tries > 0) await pause(environment, every, signal).over
    signal?.throwIfAborted()
    tries++
    last = await oneTry(attempt, end, every, environment, signal)
    if (last.state === 'gave') return last.value as Exclude<Awaited<T>, false>
  } while (environment.now() < end)
  throw notSo(last, within, tries)
}

type Tried<T> =
  { state: 'pending' | 'false' } | { state: 'gave'; value: T } | { state: 'threw'; error: unknown }

/** One that has no answer by the end is given up: its answer, or its error, comes to nobody. */
async function oneTry<T>(
  attempt: () => T,
  end: number,
  every: number,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<Tried<Awaited<T>>> {
  let tried: Tried<Awaited<T>> = { state: 'pending' }
  const isPending = (): boolean => tried.state === 'pending'
  const settled = answerOf(attempt).then((answer) => (tried = answer))
  // An answer that is there already needs no time.
  await Promise.race([settled, nextTurn()])
  while (isPending() && environment.now() < end) {
    signal?.throwIfAborted()
    const wait = pause(environment, every, signal)
    await Promise.race([settled, wait.over])
    wait.end()
  }
  return tried
}

async function answerOf<T>(attempt: () => T): Promise<Tried<Awaited<T>>> {
  try {
    const value = await attempt()
    return value === false ? { state: 'false' } : { state: 'gave', value }
  } catch (error) {
    return { state: 'threw', error }
  }
}

interface Pause {
  readonly over: Promise<void>
  /** Ends it before its time, so that no timer is left. */
  readonly end: () => void
}

function pause(
  environment: Environment,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Pause {
  if (environment instanceof VirtualClock) {
    return { over: environment.advance(milliseconds), end: () => undefined }
  }
  if (signal?.aborted === true) return { over: Promise.resolve(), end: () => undefined }
  let end = (): void => undefined
  const over = new Promise<void>((resolve) => {
    const timer = environment.setTimer(milliseconds, () => end())
    const forget = onAbort(signal, () => end())
    end = () => {
      environment.clearTimer(timer)
      forget()
      resolve()
    }
  })
  return { over, end: () => end() }
}

function notSo(last: Tried<unknown>, within: number, tries: number): Error {
  const why = {
    pending: 'the last try has no answer',
    false: 'the last try gave false',
    gave: '',
    threw: last.state === 'threw' ? messageOf(last.error) : '',
  }[last.state]
  const text = `not so within ${within} ms, in ${tries} ${tries === 1 ? 'try' : 'tries'}: ${why}`
  return last.state === 'threw' ? new Error(text, { cause: last.error }) : new Error(text)
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : shown(error)

function checkTime(name: string, value: number, least: number): void {
  if (typeof value === 'number' && value >= least) return
  throw new TypeError(`${name} of eventually is a number of milliseconds, not ${shown(value)}`)
}
