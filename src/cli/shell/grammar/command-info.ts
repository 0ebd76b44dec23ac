import type { Command } from './command.ts'
import type { CommandArguments, Signature } from './command-arguments.ts'

/** One command. */
export interface CommandInfo extends Signature {
  readonly aliases?: readonly string[]
  readonly group: 'read' | 'write' | 'transaction' | 'directory' | 'tenant' | 'shell'
  /** What it does, in a line. */
  readonly summary: string
  /** More, for `help COMMAND`. */
  readonly detail?: readonly string[]
  /** What its last argument is, for completion. */
  readonly completes?: 'keys' | 'paths' | 'commands' | 'options'
  parse(args: CommandArguments): Command
}
