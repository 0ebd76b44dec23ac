import { transactionOptions } from '../../../native/generated/transaction-options.ts'
import type { OptionInfo } from '../../../native/generated/option-info.ts'
import { commandTable, commandsByName } from '../grammar/command-table.ts'
import type { CommandInfo } from '../grammar/command-info.ts'
import { nearest } from '../../ground/nearest.ts'
import { OPTION_NAMES } from '../grammar/option-command.ts'
import { ShellError } from '../session/shell-error.ts'

const GROUPS: readonly (readonly [CommandInfo['group'], string])[] = [
  ['read', 'Reading'],
  ['write', 'Writing'],
  ['transaction', 'Transactions'],
  ['directory', 'Directories'],
  ['tenant', 'Tenants'],
  ['shell', 'The shell'],
]

const KEYS = `Keys and values are text, or bytes, or tuples:

  users/ada          text without spaces
  "two words"        text in double or single quotes; in them \\" \\\\ \\n \\t
  \\x00\\xff           bytes, two hexadecimal digits each, also in quotes
  ("users", 42)      a tuple, packed as every client packs it
  "(1)"  \\(1)         no tuple, but text in parentheses

Items of a tuple:

  "text"  b"\\x00bytes"  42  -7  1.5  1.5f  true  false  null
  ("nested", 1)  uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8
  versionstamp:HEX#CODE    20 digits and the order in its transaction
  versionstamp80:HEX       20 digits
  versionstamp             filled in by the commit; versionstamp#CODE gives the order,
                           versionstamp80 has none
  user:40:HEX              a type of a program's own, 40 to 4f, as the last item

Keys are printed as tuples when they are packed tuples, otherwise as text in quotes. What is printed can be typed.
Several commands in a line are separated by ; and a line that begins with # is a comment.`

/** The lines of `help` and `help TOPIC`. */
export function help(topic: string | undefined): string {
  if (topic === undefined) return overview()
  const name = topic.toLowerCase()
  if (name === 'keys') return KEYS
  if (name === 'options') return options()
  const info = commandsByName.get(name)
  if (info !== undefined) return about(info)
  const near = nearest(name, ['keys', 'options', ...commandsByName.keys()])
  const hint = near === undefined ? '`help` lists all' : `did you mean ${near}?`
  throw new ShellError(`there is no help on ${JSON.stringify(topic)}: ${hint}`)
}

function overview(): string {
  const width = Math.max(...commandTable.map(({ name }) => name.length))
  const groups = GROUPS.map(([group, title]) => {
    const lines = commandTable
      .filter((info) => info.group === group)
      .map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
    return [title, ...lines].join('\n')
  })
  return `${groups.join('\n\n')}\n\n\`help COMMAND\` says more, \`help keys\` how keys are written.`
}

function about({ name, usage, summary, detail = [], aliases = [] }: CommandInfo): string {
  const lines = [`${name} ${usage}`.trim(), `  ${summary}`, ...detail.map((line) => `  ${line}`)]
  if (aliases.length > 0) lines.push(`  The same: ${aliases.join(', ')}`)
  return lines.join('\n')
}

function options(): string {
  const table: Readonly<Record<string, OptionInfo>> = transactionOptions
  const lines = OPTION_NAMES.map((name) => {
    const { param, paramOptional } = table[name]!
    const value = param === 'none' ? '' : paramOptional === true ? ` [${param}]` : ` ${param}`
    return `  ${name}${value}`
  })
  return ['Transaction options, and what their value is:', ...lines].join('\n')
}
