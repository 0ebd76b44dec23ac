import type { Command } from './command.ts'
import type { CommandArguments } from './command-arguments.ts'
import { nearest } from '../../ground/nearest.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'

/** What follows `tenant`, as in fdbcli. */
export const TENANT_COMMANDS = ['list', 'create', 'delete'] as const

/** As many as a list prints unless told otherwise. */
const DEFAULT_TENANTS = 100

/** Reads `tenant COMMAND ...`. */
export function parseTenantCommand(args: CommandArguments): Command {
  const name = args.word(0, 'the command of tenant')
  const { column } = args.token(0)
  if (!(TENANT_COMMANDS as readonly string[]).includes(name)) {
    const near = nearest(name, TENANT_COMMANDS)
    const hint = near === undefined ? `only ${TENANT_COMMANDS.join(', ')}` : `did you mean ${near}?`
    throw new ShellSyntaxError(`tenant has no ${JSON.stringify(name)}: ${hint}`, column)
  }
  const isList = name === 'list'
  if (args.count !== (isList ? 1 : 2)) {
    throw new ShellSyntaxError(`tenant ${name} takes ${isList ? 'no name' : 'one name'}`, column)
  }
  if (args.has('limit') && !isList) {
    throw new ShellSyntaxError('--limit is a flag of tenant list', column)
  }
  if (args.has('group') && name !== 'create') {
    throw new ShellSyntaxError('--group is a flag of tenant create', column)
  }
  if (isList) {
    const limit = args.flagInteger('limit', 1, 1_000_000) ?? DEFAULT_TENANTS
    return { do: 'tenant-list', limit }
  }
  return name === 'create'
    ? { do: 'tenant-create', name: args.bytes(1), group: args.flagText('group') }
    : { do: 'tenant-delete', name: args.bytes(1) }
}
