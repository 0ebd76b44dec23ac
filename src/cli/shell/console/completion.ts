// Where lines come from, and where what is printed goes: a terminal, a pipe, `--exec`.
import { DIRECTORY_COMMANDS } from '../grammar/directory-command.ts'
import { commandTable, commandsByName } from '../grammar/command-table.ts'
import type { CommandInfo } from '../grammar/command-info.ts'
import { OPTION_NAMES } from '../grammar/option-command.ts'
import type { SeenKeys } from '../session/seen-keys.ts'
import { showName } from '../session/show.ts'
import { TENANT_COMMANDS } from '../grammar/tenant-command.ts'

/** What completion looks at besides the line. */
export interface CompletionSource {
  readonly seen: SeenKeys
  /** The names of the directories in one, given by the steps as they were typed; none when there is no answer. */
  directories(absolute: boolean, steps: readonly string[]): Promise<readonly string[]>
}

/** What may stand where the line ends, and the part of it that is typed already. */
export type Completion = readonly [hits: string[], typed: string]

/** More directories than this are not offered. */
export const MAX_OFFERED = 200

const NAMES = commandTable.map(({ name }) => name)

/** Completes the last word of a line. */
export async function complete(line: string, source: CompletionSource): Promise<Completion> {
  const statement = lastStatement(line).trimStart()
  const [, name = '', rest] = /^(\S*)(?:\s+(.*))?$/s.exec(statement) ?? []
  if (rest === undefined) return among(NAMES, name, ' ')
  const info = commandsByName.get(name.toLowerCase())
  if (info === undefined) return [[], rest]
  const word = /\S*$/.exec(rest)?.[0] ?? ''
  if (word.startsWith('--')) return among(flagsOf(info), word, ' ')
  return await argument(info, rest, word, source)
}

/** Behind the last `;` that is in no quotes. */
function lastStatement(line: string): string {
  let start = 0
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const next = line[i]!
    if (next === '\\') i += 1
    else if (quote !== '') quote = next === quote ? '' : quote
    else if (next === '"') quote = next
    else if (next === ';') start = i + 1
  }
  return line.slice(start)
}

function among(names: readonly string[], typed: string, behind: string): Completion {
  return [names.filter((name) => name.startsWith(typed)).map((name) => `${name}${behind}`), typed]
}

const flagsOf = ({ flags = {} }: CommandInfo): string[] =>
  Object.keys(flags).map((flag) => `--${flag}`)

async function argument(
  { name, completes }: CommandInfo,
  rest: string,
  word: string,
  source: CompletionSource,
): Promise<Completion> {
  const isFirst = !/\s/.test(rest.trimStart())
  if (name === 'dir' && isFirst) return among(DIRECTORY_COMMANDS, word, ' ')
  if (name === 'tenant' && isFirst) return among(TENANT_COMMANDS, word, ' ')
  if (completes === 'commands') return among(['keys', 'options', ...NAMES], word, '')
  if (completes === 'options') {
    return isFirst ? among(['on', 'off'], word, ' ') : among(OPTION_NAMES, word, '')
  }
  if (completes === 'paths') return await paths(word, source)
  // A key may hold spaces, so it is all that follows the command.
  return completes === 'keys' ? [source.seen.startingWith(rest), rest] : [[], rest]
}

async function paths(word: string, source: CompletionSource): Promise<Completion> {
  const steps = word.split('/')
  const typed = steps.pop() ?? ''
  const absolute = word.startsWith('/')
  const names = await source.directories(
    absolute,
    steps.filter((step) => step !== ''),
  )
  // A name that needs quotes is not completed: what is typed has none.
  const plain = names.filter((name) => showName(name) === name)
  return among(plain, typed, '/')
}
