/** Every command of the shell: what it takes, what it does in a line, and how it is read. */
import { atomicCommands } from './atomic-commands.ts'
import type { Command } from './command.ts'
import type { CommandArguments } from './command-arguments.ts'
import type { CommandInfo } from './command-info.ts'
import { parseDirectoryCommand } from './directory-command.ts'
import { parseOption } from './option-command.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'
import { parseTenantCommand } from './tenant-command.ts'

const SHOW = { as: 'with value', full: 'alone' } as const
const RANGE = { limit: 'with value', reverse: 'alone' } as const

const AS =
  '--as raw, tuple or int (little-endian) says how values are printed; --full prints long ones whole.'
const RANGE_DETAIL = [
  'Without END it gives all keys that begin with BEGIN; without both, all keys of where you are.',
  'LIMIT is 25 unless given, here or with --limit. --reverse begins at the last key.',
]

function range(args: CommandArguments, keysOnly: boolean): Command {
  return {
    do: 'getrange',
    begin: args.optionalBytes(0) ?? Buffer.alloc(0),
    end: args.optionalBytes(1),
    limit: args.limit(2),
    reverse: args.has('reverse'),
    keysOnly,
    show: args.show(),
  }
}

const RELATIONS: Readonly<Record<string, { orEqual: boolean; offset: number }>> = {
  '>=': { orEqual: false, offset: 1 },
  '>': { orEqual: true, offset: 1 },
  '<=': { orEqual: true, offset: 0 },
  '<': { orEqual: false, offset: 0 },
}

function getKey(args: CommandArguments): Command {
  const hasRelation = args.count === 2
  const relation = hasRelation ? args.oneOf(0, ['>=', '>', '<=', '<']) : '>='
  const { orEqual, offset } = RELATIONS[relation ?? '>=']!
  const more = args.flagInteger('offset', -1_000_000, 1_000_000) ?? 0
  return { do: 'getkey', key: args.bytes(hasRelation ? 1 : 0), orEqual, offset: offset + more }
}

function set(args: CommandArguments): Command {
  const key = args.typed(0)
  const value = args.typed(1)
  if (key.unbound && value.unbound) {
    throw new ShellSyntaxError(
      'the commit fills in a versionstamp in the key or in the value, not both',
      args.token(1).column,
    )
  }
  return { do: 'set', key, value }
}

/** A command without arguments. */
function plain(
  name:
    | 'getversion'
    | 'begin'
    | 'commit'
    | 'reset'
    | 'rollback'
    | 'watches'
    | 'pwd'
    | 'status'
    | 'exit',
  group: CommandInfo['group'],
  summary: string,
  more: Partial<CommandInfo> = {},
): CommandInfo {
  return {
    name,
    group,
    usage: '',
    arguments: [0, 0],
    summary,
    ...more,
    parse: () => ({ do: name }),
  }
}

/** In the order in which help lists them. */
export const commandTable: readonly CommandInfo[] = [
  {
    name: 'get',
    group: 'read',
    usage: 'KEY [--as FORMAT] [--full]',
    arguments: [1, 1],
    flags: SHOW,
    summary: 'print the value of a key',
    detail: [AS],
    completes: 'keys',
    parse: (args) => ({ do: 'get', key: args.bytes(0), show: args.show() }),
  },
  {
    name: 'getrange',
    group: 'read',
    usage: '[BEGIN [END [LIMIT]]] [--limit N] [--reverse] [--as FORMAT] [--full]',
    arguments: [0, 3],
    flags: { ...RANGE, ...SHOW },
    summary: 'print the keys of a range, with their values',
    detail: [...RANGE_DETAIL, AS],
    completes: 'keys',
    parse: (args) => range(args, false),
  },
  {
    name: 'getrangekeys',
    group: 'read',
    usage: '[BEGIN [END [LIMIT]]] [--limit N] [--reverse]',
    arguments: [0, 3],
    flags: RANGE,
    summary: 'print the keys of a range',
    detail: RANGE_DETAIL,
    completes: 'keys',
    parse: (args) => range(args, true),
  },
  {
    name: 'getkey',
    group: 'read',
    usage: '[>= | > | <= | <] KEY [--offset N]',
    arguments: [1, 2],
    flags: { offset: 'with value' },
    summary: 'print the key that is nearest to KEY, on the side that the sign says',
    detail: ['--offset goes so many keys further, or back when it is negative.'],
    completes: 'keys',
    parse: getKey,
  },
  plain('getversion', 'read', 'print the read version of the transaction, or of a new one'),
  {
    name: 'watch',
    group: 'read',
    usage: 'KEY [--wait]',
    arguments: [1, 1],
    flags: { wait: 'alone' },
    summary: 'say when the value of a key changes',
    detail: [
      'It waits in the background; `watches` lists what waits, `unwatch` ends it. In a transaction it begins with the commit.',
      '--wait stays until it fires. Ctrl-C ends the wait.',
    ],
    completes: 'keys',
    parse: (args) => ({ do: 'watch', key: args.bytes(0), wait: args.has('wait') }),
  },
  plain('watches', 'read', 'list the watches that wait'),
  {
    name: 'unwatch',
    group: 'read',
    usage: 'NUMBER | all',
    arguments: [1, 1],
    summary: 'end a watch, or all',
    parse: (args) => {
      const token = args.token(0)
      const isAll = token.kind === 'word' && token.text === 'all'
      return {
        do: 'unwatch',
        which: isAll ? 'all' : args.integer(0, 'the number of a watch', 1, 1e9),
      }
    },
  },
  {
    name: 'set',
    group: 'write',
    usage: 'KEY VALUE',
    arguments: [2, 2],
    summary: 'give a key a value',
    detail: [
      'A tuple with `versionstamp` in it, as key or as value, gets the stamp of the commit.',
    ],
    completes: 'keys',
    parse: set,
  },
  {
    name: 'clear',
    group: 'write',
    usage: 'KEY',
    arguments: [1, 1],
    summary: 'take a key and its value away',
    completes: 'keys',
    parse: (args) => ({ do: 'clear', key: args.bytes(0) }),
  },
  {
    name: 'clearrange',
    group: 'write',
    usage: 'BEGIN END',
    arguments: [2, 2],
    summary: 'take the keys from BEGIN up to, but without, END away',
    completes: 'keys',
    parse: (args) => ({ do: 'clearrange', begin: args.bytes(0), end: args.bytes(1) }),
  },
  {
    name: 'clearprefix',
    group: 'write',
    usage: 'PREFIX',
    arguments: [1, 1],
    summary: 'take all keys that begin with PREFIX away',
    completes: 'keys',
    parse: (args) => ({ do: 'clearrange', begin: args.bytes(0), end: undefined }),
  },
  ...atomicCommands,
  plain('begin', 'transaction', 'begin a transaction: what follows is part of it', {
    detail: [
      'Outside of a transaction every command is one of its own, and is retried after conflicts.',
      'In one, nothing is retried: an error of the database rolls it back, as in fdbcli.',
    ],
  }),
  plain('commit', 'transaction', 'apply what the transaction wrote, and end it'),
  plain('reset', 'transaction', 'drop what the transaction wrote, and stay in it'),
  plain('rollback', 'transaction', 'drop what the transaction wrote, and end it', {
    aliases: ['abort'],
  }),
  {
    name: 'option',
    group: 'transaction',
    usage: '[on NAME [VALUE] | off NAME]',
    arguments: [0, 3],
    summary: 'set a transaction option; alone, list those that are set',
    detail: [
      'In a transaction it is an option of that one; otherwise of all that follow, until `option off`.',
      'For example: option on access_system_keys; option on timeout 2000.',
    ],
    completes: 'options',
    parse: parseOption,
  },
  {
    name: 'dir',
    group: 'directory',
    usage:
      'ls [PATH] | tree [PATH] | create PATH | move FROM TO | remove PATH [--layer NAME] [--depth N]',
    arguments: [1, 3],
    flags: { layer: 'with value', depth: 'with value' },
    summary: 'list, make, move and remove directories',
    detail: [
      'PATH is names between slashes: /app/users from the root, users or ../users from where you are.',
      'A name with a slash in it is written in a tuple of all names from the root: ("app", "a/b").',
      'remove takes all keys in the directory, and all directories below it, with it.',
    ],
    completes: 'paths',
    parse: parseDirectoryCommand,
  },
  {
    name: 'ls',
    group: 'directory',
    usage: '[PATH]',
    arguments: [0, 1],
    summary: 'list directories: the same as dir ls',
    completes: 'paths',
    parse: (args) => ({ do: 'dir-ls', path: args.path(0) }),
  },
  {
    name: 'cd',
    group: 'directory',
    usage: '[PATH | TUPLE]',
    arguments: [0, 1],
    summary: 'go to a directory, or into the subspace of a tuple: keys count from there',
    detail: ['cd .. goes up; cd / and cd alone go to the root, the whole key space.'],
    completes: 'paths',
    parse: (args) => {
      if (args.count === 0) return { do: 'cd', path: { absolute: true, steps: [], literal: false } }
      const token = args.token(0)
      if (token.kind === 'word') return { do: 'cd', path: args.path(0) }
      args.bytes(0)
      if (token.suffix.length === 0) return { do: 'cd-subspace', items: token.items }
      throw new ShellSyntaxError('nothing may follow the tuple of a subspace', token.column)
    },
  },
  plain('pwd', 'directory', 'print where you are, and the prefix of the keys there'),
  {
    name: 'tenant',
    group: 'tenant',
    usage: 'list [--limit N] | create NAME [--group NAME] | delete NAME',
    arguments: [1, 2],
    flags: { limit: 'with value', group: 'with value' },
    summary: 'list, create and delete tenants',
    detail: [
      'The cluster needs tenant_mode=optional_experimental. A tenant must be empty to be deleted.',
    ],
    parse: parseTenantCommand,
  },
  {
    name: 'usetenant',
    group: 'tenant',
    usage: '[NAME]',
    arguments: [0, 1],
    summary: 'go into a tenant: all keys are its own; alone, say in which you are',
    parse: (args) => ({ do: 'tenant-use', name: args.optionalBytes(0) }),
  },
  {
    name: 'defaulttenant',
    group: 'tenant',
    usage: '',
    arguments: [0, 0],
    summary: 'leave the tenant',
    parse: () => ({ do: 'tenant-leave' }),
  },
  {
    name: 'writemode',
    group: 'shell',
    usage: '[on | off]',
    arguments: [0, 1],
    summary: 'allow or refuse writes; alone, say which',
    parse: (args) => {
      const word = args.oneOf(0, ['on', 'off'])
      return { do: 'writemode', on: word === undefined ? undefined : word === 'on' }
    },
  },
  {
    name: 'values',
    group: 'shell',
    usage: '[raw | tuple | int]',
    arguments: [0, 1],
    summary: 'how values are printed where --as does not say; alone, say how',
    parse: (args) => ({ do: 'values', format: args.format(0) }),
  },
  plain('status', 'shell', 'say which database this is, where you are, and what is set'),
  {
    name: 'help',
    group: 'shell',
    usage: '[COMMAND | keys | options]',
    arguments: [0, 1],
    aliases: ['?'],
    summary: 'this list, or more about a command, about how keys are written, or about options',
    completes: 'commands',
    parse: (args) => ({ do: 'help', topic: args.optionalWord(0, 'a command') }),
  },
  plain('exit', 'shell', 'leave', { aliases: ['quit'] }),
]

/** By name and by alias. */
export const commandsByName: ReadonlyMap<string, CommandInfo> = new Map(
  commandTable.flatMap((info) => [info.name, ...(info.aliases ?? [])].map((name) => [name, info])),
)
