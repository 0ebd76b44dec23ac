import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { shown } from '../../native/values/describe.ts'

/** How a queue treats messages that are leased. */
export interface QueueOptions {
  /** How long a message is the consumer's, in milliseconds; 30,000 unless set. */
  readonly leaseMilliseconds?: number
  /**
   * So often a message is given to a consumer, at most; then it goes to the dead letters. 5 unless set, Infinity for
   * no end.
   */
  readonly maxTries?: number
}

/** How a value is pushed. */
export interface PushOptions {
  /** Nobody gets it for so many milliseconds, by the clock of the cluster; 0 unless set. */
  readonly delay?: number
}

/** How long a call waits for a value. */
export interface PopOptions {
  /** Waits so many milliseconds for a value, Infinity for as long as it takes; 0, the default, not at all. */
  readonly wait?: number
  /** Ends the call at once, with the reason of the signal. What was taken meanwhile is put back. */
  readonly signal?: AbortSignal
}

/** How a message is received. */
export interface ReceiveOptions extends PopOptions {
  /** Of this message; that of the queue unless set. */
  readonly leaseMilliseconds?: number
}

/** How values or messages are taken one after another. */
export type ConsumeOptions = Omit<ReceiveOptions, 'wait'>

const QUEUE = knownOptions<QueueOptions>('a queue', { leaseMilliseconds: true, maxTries: true })
const PUSH = knownOptions<PushOptions>('push', { delay: true })
const POP = knownOptions<PopOptions>('pop', { wait: true, signal: true })
const RECEIVE = knownOptions<ReceiveOptions>('receive', {
  wait: true,
  signal: true,
  leaseMilliseconds: true,
})
const CONSUME = knownOptions<ConsumeOptions>('consume', { signal: true, leaseMilliseconds: true })
const VALUES = knownOptions<Pick<PopOptions, 'signal'>>('values', { signal: true })

/** About thirty years: what is longer is a slip. */
const LONGEST = 1e12

function checkNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  const range = most === Infinity ? `from ${least}, or Infinity` : `from ${least} to ${most}`
  throw new TypeError(`${name} is a number ${range}, not ${shown(value)}`)
}

export function checkLease(milliseconds: unknown): number {
  return checkNumber('leaseMilliseconds', milliseconds, 1, LONGEST)
}

/** @throws TypeError for what is no number of milliseconds. */
export function checkDelay(milliseconds: unknown): number {
  return checkNumber('delay', milliseconds, 0, LONGEST)
}

export function checkQueue(options: QueueOptions): Required<QueueOptions> {
  checkOptions(QUEUE, options)
  const { leaseMilliseconds = 30_000, maxTries = 5 } = options
  if (maxTries !== Infinity && !(Number.isSafeInteger(maxTries) && maxTries >= 1)) {
    throw new TypeError(`maxTries is an integer from 1, or Infinity, not ${shown(maxTries)}`)
  }
  return { leaseMilliseconds: checkLease(leaseMilliseconds), maxTries }
}

/** The delay in milliseconds. */
export function checkPush(options: PushOptions): number {
  checkOptions(PUSH, options)
  return checkDelay(options.delay ?? 0)
}

function checkWaiting({ wait = 0, signal }: PopOptions): void {
  checkNumber('wait', wait, 0, Infinity)
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError('signal is an AbortSignal')
  }
}

export function checkPop(options: PopOptions): void {
  checkOptions(POP, options)
  checkWaiting(options)
}

export function checkReceive(options: ReceiveOptions): void {
  checkOptions(RECEIVE, options)
  checkWaiting(options)
  if (options.leaseMilliseconds !== undefined) checkLease(options.leaseMilliseconds)
}

export function checkConsume(options: ConsumeOptions): void {
  checkOptions(CONSUME, options)
  checkReceive(options)
}

export function checkValues(options: Pick<PopOptions, 'signal'>): void {
  checkOptions(VALUES, options)
  checkWaiting(options)
}
