// What each command does.
import type { Asked, Command } from '../grammar/command.ts'
import * as directories from './directory-commands.ts'
import * as reads from './read-commands.ts'
import type { SessionState } from '../session/session-state.ts'
import * as settings from './setting-commands.ts'
import * as tenants from './tenant-commands.ts'
import * as watches from './watch-commands.ts'
import * as writes from './write-commands.ts'

/** Carries out one kind of command. */
type Handler<Name extends Command['do']> = (
  state: SessionState,
  command: Asked<Name>,
  signal: AbortSignal,
) => void | Promise<void>

/** Every command but the one that ends the session. */
type Handled = Exclude<Command['do'], 'exit'>

/** Who carries out which command; the compiler sees that none is left out. */
const handlers: { readonly [Name in Handled]: Handler<Name> } = {
  get: reads.get,
  getrange: reads.getRange,
  getkey: reads.getKey,
  getversion: reads.getVersion,
  set: writes.set,
  clear: writes.clear,
  clearrange: writes.clearRange,
  atomic: writes.atomic,
  begin: settings.begin,
  commit: writes.commit,
  reset: settings.reset,
  rollback: settings.rollback,
  watch: watches.watch,
  watches: watches.listWatches,
  unwatch: watches.unwatch,
  'dir-ls': directories.list,
  'dir-tree': directories.tree,
  'dir-create': directories.create,
  'dir-move': directories.move,
  'dir-remove': directories.remove,
  cd: directories.changePlace,
  'cd-subspace': directories.enterSubspace,
  'tenant-list': tenants.listTenants,
  'tenant-create': tenants.createTenant,
  'tenant-delete': tenants.deleteTenant,
  'tenant-use': tenants.useTenant,
  'tenant-leave': tenants.leaveTenant,
  pwd: settings.printPlace,
  options: settings.listOptions,
  'option-on': ({ transactions }, { name, value }) => transactions.setOption(name, value),
  'option-off': ({ transactions }, { name }) => transactions.clearOption(name),
  writemode: settings.writeMode,
  values: settings.valueFormat,
  status: settings.printStatus,
  help: settings.printHelp,
}

/** Does what a command asks for. */
export async function carryOut(
  state: SessionState,
  command: Asked<Handled>,
  signal: AbortSignal,
): Promise<void> {
  const handler = handlers[command.do] as Handler<Handled>
  await handler(state, command, signal)
}
