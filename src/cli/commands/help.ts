import { Command } from 'commander'
import { nearest } from '../ground/nearest.ts'
import { UsageError } from '../ground/errors.ts'

/** `help`, and `help COMMAND`, of a program or a command that has commands. */
export function helpCommand(of: Command): Command {
  return new Command('help')
    .description('display help for a command')
    .argument('[command...]', 'the command, and the command below it')
    .action((names: readonly string[]) => find(of, names).help())
}

function find(program: Command, names: readonly string[]): Command {
  let at = program
  for (const name of names) {
    const below = at.commands.find((command) => command.name() === name)
    if (below === undefined) throw new UsageError(unknown(at, name))
    at = below
  }
  return at
}

function unknown(at: Command, name: string): string {
  const names = at.commands.map((command) => command.name())
  const near = nearest(name, names)
  const hint = near === undefined ? '' : `: did you mean ${near}?`
  return `${at.name()} has no command ${JSON.stringify(name)}${hint}`
}
