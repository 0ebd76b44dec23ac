/**
 * The operations of a stream. They are plain data and drawn before anything runs, so a stream is the same
 * whatever the database answers. Bytes are latin1 text; `key*300` is text repeated.
 */
export interface SelectorData {
  readonly key: string
  readonly orEqual: boolean
  readonly offset: number
}

export type OptionData = number | string | true

export type Operation = { readonly slot: number } & (
  | { readonly op: 'begin' }
  | { readonly op: 'get'; readonly key: string; readonly snapshot: boolean }
  | { readonly op: 'getKey'; readonly selector: SelectorData; readonly snapshot: boolean }
  | {
      readonly op: 'getRange' | 'firstBatch' | 'getMappedRange'
      readonly begin: SelectorData
      readonly end: SelectorData
      readonly limit: number
      readonly targetBytes: number
      readonly mode: number
      readonly iteration: number
      readonly snapshot: boolean
      readonly reverse: boolean
      readonly mapper?: string
    }
  | {
      readonly op: 'readAll'
      readonly begin: string
      readonly end: string
      readonly mode: number
      readonly reverse: boolean
      readonly limit: number
    }
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  | { readonly op: 'clear'; readonly key: string }
  | { readonly op: 'clearRange'; readonly begin: string; readonly end: string }
  | { readonly op: 'atomic'; readonly type: number; readonly key: string; readonly param: string }
  | { readonly op: 'conflict'; readonly begin: string; readonly end: string; readonly type: number }
  | {
      readonly op: 'readVersion' | 'committedVersion' | 'versionstamp' | 'cost' | 'throttled'
    }
  | {
      readonly op: 'setReadVersion'
      readonly from: 'zero' | 'one' | 'negative' | 'slot'
      readonly other: number
    }
  | { readonly op: 'size'; readonly key: string }
  | { readonly op: 'commit' | 'reset' | 'cancel' | 'destroy' }
  | {
      readonly op: 'commitAndUse'
      readonly key: string
      readonly second: 'get' | 'set' | 'commit' | 'reset' | 'readVersion'
    }
  | { readonly op: 'onError'; readonly code: number }
  | { readonly op: 'option'; readonly code: number; readonly value: OptionData }
  | { readonly op: 'databaseOption'; readonly code: number; readonly value: OptionData }
  | { readonly op: 'estimate' | 'addresses'; readonly begin: string; readonly end: string }
  | { readonly op: 'split'; readonly begin: string; readonly end: string; readonly chunk: number }
  | {
      readonly op: 'watchChange'
      readonly key: string
      readonly change: 'set' | 'clear' | 'same' | 'back' | 'none'
    }
  | {
      readonly op: 'watchPending'
      readonly key: string
      readonly then: 'cancel' | 'reset' | 'destroy'
    }
  | { readonly op: 'timeout'; readonly key: string }
  | { readonly op: 'conflictingKeys' }
)

/** The bytes that a text of a stream stands for. */
export function bytesOf(text: string): Buffer {
  const repeated = /^(.+)\*(\d+)$/s.exec(text)
  return repeated === null
    ? Buffer.from(text, 'latin1')
    : Buffer.from(repeated[1]!.repeat(Number(repeated[2])), 'latin1')
}
