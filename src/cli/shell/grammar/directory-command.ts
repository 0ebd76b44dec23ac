import { ownEntry } from '../../../native/values/own-entry.ts'
import type { Command } from './command.ts'
import type { CommandArguments } from './command-arguments.ts'
import { nearest } from '../../ground/nearest.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'

/** What follows `dir`. */
export const DIRECTORY_COMMANDS = ['ls', 'tree', 'create', 'move', 'remove'] as const

/** As many levels as a tree prints unless told otherwise. */
const DEFAULT_DEPTH = 100

/** Arguments of each, with its own name. */
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  ls: [1, 2],
  tree: [1, 2],
  create: [2, 2],
  move: [3, 3],
  remove: [2, 2],
}

const FLAGS: Readonly<Record<string, string>> = { layer: 'create', depth: 'tree' }

/** Reads `dir COMMAND ...`. */
export function parseDirectoryCommand(args: CommandArguments): Command {
  const name = args.word(0, 'the command of dir')
  const { column } = args.token(0)
  const counts = ownEntry(COUNTS, name)
  if (counts === undefined) {
    const near = nearest(name, DIRECTORY_COMMANDS)
    const hint = near === undefined ? '' : `: did you mean ${near}?`
    const all = DIRECTORY_COMMANDS.join(', ')
    throw new ShellSyntaxError(
      `dir has no ${JSON.stringify(name)}${hint || `, only ${all}`}`,
      column,
    )
  }
  if (args.count < counts[0] || args.count > counts[1]) {
    const paths = name === 'move' ? 'two paths' : counts[0] === 1 ? 'at most one path' : 'one path'
    throw new ShellSyntaxError(`dir ${name} takes ${paths}`, column)
  }
  for (const [flag, owner] of Object.entries(FLAGS)) {
    if (args.has(flag) && owner !== name) {
      throw new ShellSyntaxError(`--${flag} is a flag of dir ${owner}`, column)
    }
  }
  return build(name as (typeof DIRECTORY_COMMANDS)[number], args)
}

function build(name: (typeof DIRECTORY_COMMANDS)[number], args: CommandArguments): Command {
  const path = args.path(1)
  switch (name) {
    case 'ls':
      return { do: 'dir-ls', path }
    case 'tree':
      return { do: 'dir-tree', path, depth: args.flagInteger('depth', 1, 1000) ?? DEFAULT_DEPTH }
    case 'create':
      return { do: 'dir-create', path, layer: args.flagText('layer') ?? '' }
    case 'move':
      return { do: 'dir-move', from: path, to: args.path(2) }
    case 'remove':
      return { do: 'dir-remove', path }
  }
}
