import { transactionOptions } from '../../../native/generated/transaction-options.ts'
import type { TransactionOptionName } from '../../../native/generated/transaction-options.ts'
import type { OptionInfo } from '../../../native/generated/option-info.ts'
import type { OptionValue } from '../../../native/values/option-values.ts'
import type { Command } from './command.ts'
import type { CommandArguments } from './command-arguments.ts'
import { nearest } from '../../ground/nearest.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'

const table: Readonly<Record<string, OptionInfo>> = transactionOptions

/** The options that programs set, by name. */
export const OPTION_NAMES: readonly string[] = Object.entries(table)
  .filter(([, { hidden, deprecated }]) => hidden !== true && deprecated !== true)
  .map(([name]) => name)

/** Reads `option`, `option on NAME [VALUE]` and `option off NAME`. */
export function parseOption(args: CommandArguments): Command {
  const state = args.oneOf(0, ['on', 'off'])
  if (state === undefined) return { do: 'options' }
  if (args.count === 1) {
    throw new ShellSyntaxError(`option ${state} needs the name of an option`, args.token(0).column)
  }
  const name = optionName(args)
  if (state === 'on') return { do: 'option-on', name, value: optionValue(args, name) }
  if (args.count === 3) {
    throw new ShellSyntaxError('option off takes no value', args.token(2).column)
  }
  return { do: 'option-off', name }
}

function optionName(args: CommandArguments): TransactionOptionName {
  const word = args.word(1, 'the name of an option')
  const name = word.toLowerCase().replaceAll('-', '_')
  if (Object.hasOwn(table, name)) return name as TransactionOptionName
  const near = nearest(name, OPTION_NAMES)
  const hint = near === undefined ? '`help options` lists them' : `did you mean ${near}?`
  throw new ShellSyntaxError(
    `there is no transaction option ${word}: ${hint}`,
    args.token(1).column,
  )
}

function optionValue(args: CommandArguments, name: TransactionOptionName): OptionValue {
  const info = table[name]!
  if (args.count < 3) {
    if (info.param === 'none' || info.paramOptional === true) return true
    throw new ShellSyntaxError(`${name} needs a value`, args.token(1).column)
  }
  const { column } = args.token(2)
  if (info.param === 'none') throw new ShellSyntaxError(`${name} takes no value`, column)
  if (info.param === 'bytes') return args.bytes(2)
  const word = args.word(2, 'the value of this option')
  if (info.param === 'string') return word
  if (/^[+-]?\d{1,19}$/.test(word)) {
    const wide = BigInt(word.replace('+', ''))
    return Number.isSafeInteger(Number(wide)) ? Number(wide) : wide
  }
  throw new ShellSyntaxError(`the value of ${name} is an integer`, column)
}
