import type { Command } from './command.ts'
import { CommandArguments } from './command-arguments.ts'
import { commandsByName } from './command-table.ts'
import { nearest } from '../../ground/nearest.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'
import { tokenize } from '../notation/tokenize.ts'
import type { Token } from '../notation/tokenize.ts'

/**
 * The commands of a line.
 *
 * @throws ShellSyntaxError at the first thing that is wrong: then none of them is to be done.
 */
export function parseLine(line: string): Command[] {
  return tokenize(line).map(parseStatement)
}

function parseStatement(tokens: readonly Token[]): Command {
  const [first, ...rest] = tokens as [Token, ...Token[]]
  if (first.kind === 'tuple') {
    throw new ShellSyntaxError('a line begins with a command, not with a tuple', first.column)
  }
  const info = commandsByName.get(first.text.toLowerCase())
  if (info !== undefined) {
    return info.parse(new CommandArguments(info, rest, first.column))
  }
  const near = nearest(first.text, [...commandsByName.keys()])
  const hint = near === undefined ? '`help` lists all' : `did you mean ${near}?`
  const shown = JSON.stringify(first.text.slice(0, 40))
  throw new ShellSyntaxError(`there is no command ${shown}: ${hint}`, first.column)
}
