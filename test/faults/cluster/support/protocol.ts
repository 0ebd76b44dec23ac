/** What a test and the process of its client say to each other. */
import type { NetworkOptions } from '../../../../src/index.ts'
import type { Ledger } from '../../load/ledger.ts'
import type { Kind } from '../../load/operations.ts'
import type { Records } from '../../load/recorder.ts'

/** How the process of a client begins. */
export interface ClientSetup {
  /** Of its postings. */
  readonly name: string
  readonly clusterFile: string
  readonly network?: NetworkOptions
  /** The client library. Default: the one that is found. */
  readonly library?: string
  /** Default: the newest that the library has. */
  readonly apiVersion?: number
  readonly seed: number
  /** Milliseconds, of the calls that have a timeout. */
  readonly timeout: number
}

/**
 * `populate` writes the accounts, `load` begins the calls, `stop` ends them and asks for the records, `audit` for what the
 * database has, `weigh` for the memory, and `end` lets the process come to its end.
 */
export type Request = 'populate' | 'load' | 'stop' | 'audit' | 'weigh' | 'end'

export interface Weight {
  readonly resident: number
  readonly heap: number
}

/** A set does not go through the channel. */
export interface SentLedger {
  readonly found: readonly string[]
  readonly problems: Ledger['problems']
}

export type Message =
  | { readonly type: 'settled'; readonly kind: Kind; readonly code: number }
  | {
      readonly type: 'answer'
      readonly of: Request
      readonly value?: Records | SentLedger | Weight
    }
  /** The load has found something. */
  | { readonly type: 'failed'; readonly why: string }
