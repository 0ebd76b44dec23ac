import { StreamingMode } from '../../native/generated/streaming-mode.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { checkLimits } from '../attempt/call-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import { describe } from '../../native/values/describe.ts'

/** How a range is read. `signal` and `timeout` are those of the whole read. */
export interface RangeReadOptions extends CallOptions {
  /** At most this many keys; 0, the default, for all. */
  limit?: number
  /** From the last key to the first. */
  reverse?: boolean
  /** How much a batch holds; `StreamingMode.Iterator` unless set. */
  streamingMode?: StreamingMode
  /** A batch ends once it has this many bytes; 0, the default, leaves it to the streaming mode. */
  targetBytes?: number
  /** The whole read stops with a ReadLimitError above this many bytes of keys and values. */
  maxBytes?: number
}

/** What `getRangeAll` takes at most, unless `maxBytes` says something else: 256 MiB. */
export const DEFAULT_MAX_BYTES = 256 * 1024 * 1024

const MAX_LIMIT = 2 ** 31 - 1

const KNOWN = knownOptions<RangeReadOptions>('a range', {
  limit: true,
  reverse: true,
  streamingMode: true,
  targetBytes: true,
  maxBytes: true,
  signal: true,
  timeout: true,
})

function checkCount(value: number | undefined, what: string): number {
  if (value === undefined) return 0
  if (Number.isInteger(value) && value >= 0 && value <= MAX_LIMIT) return value
  const got = typeof value === 'number' ? value : describe(value)
  throw new TypeError(`${what} of a range is an integer from 0 to ${MAX_LIMIT}, not ${got}`)
}

function checkMode(mode: StreamingMode): StreamingMode {
  if (Object.values(StreamingMode).includes(mode)) return mode
  throw new TypeError(`streamingMode of a range is one of StreamingMode, not ${String(mode)}`)
}

/** Throws for wrong types before anything is read. */
export function checkRangeOptions(options: RangeReadOptions): void {
  checkOptions(KNOWN, options)
  checkLimits('a range', options)
  checkCount(options.limit, 'limit')
  checkCount(options.targetBytes, 'targetBytes')
  const { reverse } = options
  if (reverse !== undefined && typeof reverse !== 'boolean') {
    throw new TypeError(`reverse of a range is a boolean, not ${describe(reverse)}`)
  }
  if (options.streamingMode !== undefined) checkMode(options.streamingMode)
  const { maxBytes } = options
  if (maxBytes !== undefined && !(typeof maxBytes === 'number' && maxBytes >= 0)) {
    throw new TypeError('maxBytes of a range is a number of bytes')
  }
}
