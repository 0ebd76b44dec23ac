// What the oracle keeps of each transaction, and how it comes by it: where commands pass the bridge.
/** Records: what a transaction read and wrote, attempt by attempt, and what became of it. */
import type { KeySelector } from '../model/reads.ts'
import type { CallPlace } from './call-place.ts'

/** Which of all that happens in the process came first, and when that was in the simulation. */
export interface Moment {
  readonly order: number
  readonly seconds: number
}

/** A call of the client's that runs a function in a transaction until it is committed. */
export interface Run {
  readonly place: CallPlace
  readonly attempts: Attempt[]
  /** What its caller was told: nothing yet, that it is done, or an error. */
  told: 'nothing' | 'done' | { readonly error: string; readonly maybeCommitted: boolean }
}

/** A transaction as the client library knows it: it is reset, and used again. */
export interface TransactionRecord {
  /** 1, 2, 3, ... in the simulation. */
  readonly number: number
  readonly client: number
  /** Its name; undefined: the cluster's own keys. Known once the transaction is made. */
  tenant: string | undefined
  readonly inTenant: boolean
  readonly run: Run | undefined
  /** The lines of the program that made it, innermost first. */
  readonly place: CallPlace
  attempts: number
}

/** Whether a read or a write is as others are, in its transaction. */
export interface Modes {
  /** Reads see the transaction's own writes. */
  readonly seesOwn: boolean
  readonly snapshot: boolean
}

export interface Write {
  readonly what: 'set' | 'clear' | 'atomic'
  /** The key, or where a clear begins. */
  readonly key: string
  /** Where a clear ends. */
  readonly end: string
  readonly operand: Buffer
  /** Of an atomic operation. */
  readonly type: number
  /** Nobody conflicts with it. */
  readonly silent: boolean
}

/** What a read gave; a large one only as its digest. */
export interface Answer {
  /** Undefined: there is no value. */
  readonly bytes: Buffer | undefined
  readonly digest: string | undefined
  /** Of a range: how many rows there were, and whether there were more. */
  readonly count: number
  readonly more: boolean
}

interface ReadOf extends Modes {
  readonly place: CallPlace
  answer: Answer | undefined
}

export interface GetRead extends ReadOf {
  readonly what: 'get'
  readonly key: string
}

export interface KeyRead extends ReadOf {
  readonly what: 'getKey'
  readonly selector: KeySelector
}

export interface RangeRead extends ReadOf {
  readonly what: 'getRange' | 'getMappedRange'
  readonly begin: KeySelector
  readonly end: KeySelector
  readonly reverse: boolean
  readonly limit: number
}

export type Read = GetRead | KeyRead | RangeRead
export type Operation = Write | Read

export function isWrite(operation: Operation): operation is Write {
  return operation.what === 'set' || operation.what === 'clear' || operation.what === 'atomic'
}

/** How a transaction came by its read version. */
export type VersionSource = 'cluster' | 'risky' | 'given'

/** A commit that was sent. */
export interface Commit {
  readonly sent: Moment
  /** It has a mark with it: the oracle finds out whether it was applied. */
  readonly marked: boolean
  /** The newest version that anybody had seen: it is applied later. */
  readonly after: number
  answered: Moment | undefined
  /** 0: it succeeded. */
  error: number
}

/** From one reset of a transaction to the next. */
export interface Attempt {
  /** What its mark says: told once in the simulation. */
  readonly id: number
  readonly transaction: TransactionRecord
  /** 1, 2, 3, ... of its transaction. */
  readonly number: number
  readonly begun: Moment
  readonly operations: Operation[]
  /** When its read version was asked for. */
  asked: Moment | undefined
  readVersion: number | undefined
  source: VersionSource
  commit: Commit | undefined
  /** Of the commit, as it was applied: ten bytes in hexadecimal, which are in the order of the commits. */
  stamp: string | undefined
  /** Reads may find keys that are no user's, or keys without a value yet: those are not checked. */
  readsBeyond: boolean
  /** The cluster promised to apply it once, however often it is sent. */
  idempotent: boolean
  /** It was reset, or its transaction destroyed: nothing is added. */
  over: boolean
}

/** The version of a stamp. */
export function versionOf(stamp: string): number {
  return Number(BigInt(`0x${stamp.slice(0, 16)}`))
}
