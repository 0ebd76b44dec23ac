import type { MutationType } from '../../../native/generated/mutation-type.ts'
import type { TransactionOptionName } from '../../../native/generated/transaction-options.ts'
import type { OptionValue } from '../../../native/values/option-values.ts'
import type { TupleItem } from '../../../layers/tuple/tuple.ts'

/** A key or value as it was typed: its bytes, or a tuple that the commit completes. */
export type Typed =
  | { readonly unbound: false; readonly bytes: Buffer }
  | { readonly unbound: true; readonly items: readonly TupleItem[] }

/** How a value is printed. */
export type ValueFormat = 'raw' | 'tuple' | 'int'

export interface Show {
  /** The session's, when it isn't given. */
  readonly format: ValueFormat | undefined
  /** Long values are not cut. */
  readonly full: boolean
}

/** The path of a directory: absolute, or from where the shell is. `..` and `.` are steps of it. */
export interface DirectoryPath {
  readonly absolute: boolean
  readonly steps: readonly string[]
  /** Steps are names only: `..` is one too. */
  readonly literal: boolean
}

export interface RangeCommand {
  readonly do: 'getrange'
  readonly begin: Buffer
  /** All keys that begin with `begin`, when it isn't given. */
  readonly end: Buffer | undefined
  readonly limit: number
  readonly reverse: boolean
  readonly keysOnly: boolean
  readonly show: Show
}

/** What a statement asks for. */
export type Command =
  | { readonly do: 'get'; readonly key: Buffer; readonly show: Show }
  | RangeCommand
  | {
      readonly do: 'getkey'
      readonly key: Buffer
      readonly orEqual: boolean
      readonly offset: number
    }
  | { readonly do: 'getversion' }
  | { readonly do: 'set'; readonly key: Typed; readonly value: Typed }
  | { readonly do: 'clear'; readonly key: Buffer }
  | { readonly do: 'clearrange'; readonly begin: Buffer; readonly end: Buffer | undefined }
  | {
      readonly do: 'atomic'
      readonly type: MutationType
      readonly key: Buffer
      readonly param: Buffer
      /** Doing it twice is not the same as once. */
      readonly twiceDiffers: boolean
    }
  | { readonly do: 'begin' }
  | { readonly do: 'commit' }
  | { readonly do: 'reset' }
  | { readonly do: 'rollback' }
  | { readonly do: 'watch'; readonly key: Buffer; readonly wait: boolean }
  | { readonly do: 'watches' }
  | { readonly do: 'unwatch'; readonly which: number | 'all' }
  | { readonly do: 'dir-ls'; readonly path: DirectoryPath }
  | { readonly do: 'dir-tree'; readonly path: DirectoryPath; readonly depth: number }
  | { readonly do: 'dir-create'; readonly path: DirectoryPath; readonly layer: string }
  | { readonly do: 'dir-move'; readonly from: DirectoryPath; readonly to: DirectoryPath }
  | { readonly do: 'dir-remove'; readonly path: DirectoryPath }
  | { readonly do: 'cd'; readonly path: DirectoryPath }
  | { readonly do: 'cd-subspace'; readonly items: readonly TupleItem[] }
  | { readonly do: 'tenant-list'; readonly limit: number }
  | { readonly do: 'tenant-create'; readonly name: Buffer; readonly group: string | undefined }
  | { readonly do: 'tenant-delete'; readonly name: Buffer }
  /** Says which, without a name. */
  | { readonly do: 'tenant-use'; readonly name: Buffer | undefined }
  | { readonly do: 'tenant-leave' }
  | { readonly do: 'pwd' }
  | { readonly do: 'options' }
  | {
      readonly do: 'option-on'
      readonly name: TransactionOptionName
      readonly value: OptionValue
    }
  | { readonly do: 'option-off'; readonly name: TransactionOptionName }
  | { readonly do: 'writemode'; readonly on: boolean | undefined }
  | { readonly do: 'values'; readonly format: ValueFormat | undefined }
  | { readonly do: 'status' }
  | { readonly do: 'help'; readonly topic: string | undefined }
  | { readonly do: 'exit' }

/** The command of a name, with what it was given. */
export type Asked<Name extends Command['do']> = Extract<Command, { do: Name }>
