import type { Database } from '../../client/database.ts'
import type { Command } from './command.ts'
import * as directories from './directory-commands.ts'
import { help } from './help.ts'
import * as reads from './read-commands.ts'
import { SessionState } from './session-state.ts'
import type { SessionSettings } from './session-state.ts'
import type { ShellOutput } from './shell-output.ts'
import { printBytes } from './byte-notation.ts'
import * as tenants from './tenant-commands.ts'
import * as watches from './watch-commands.ts'
import * as writes from './write-commands.ts'

/**
 * Carries out commands on a database, one after the other. Knows nothing of terminals.
 *
 *     const session = new Session(db, { database: 'a test', writable: true, full: false }, output)
 *     for (const command of parseLine('set a 1; get a')) await session.execute(command, signal)
 *     await session.close()
 */
export class Session {
  readonly #state: SessionState

  /** The database stays the caller's: to be closed after the session. */
  constructor(db: Database, settings: SessionSettings, output: ShellOutput) {
    this.#state = new SessionState(db, settings, output)
  }

  /** Where the session is, what it has seen. */
  get state(): SessionState {
    return this.#state
  }

  /** What stands before a line that is typed. */
  get prompt(): string {
    const { place, transactions, tenants } = this.#state
    const tenant = tenants.current === undefined ? '' : ` tenant ${tenants.current}`
    const where = place.isRoot ? '' : ` ${place.toString()}`
    return `fdb${tenant}${where}${transactions.isOpen ? '*' : ''}> `
  }

  /**
   * Does what one command asks for.
   *
   * @param signal ends it: what is under way is cancelled.
   * @returns false when the session is to end.
   * @throws ShellError and the errors of the client; the session goes on.
   */
  async execute(command: Command, signal: AbortSignal): Promise<boolean> {
    if (command.do === 'exit') return false
    if (!this.#local(command)) await this.#remote(command, signal)
    return true
  }

  /** What needs no answer of the database. */
  #local(command: Command): boolean {
    const state = this.#state
    const { output, transactions } = state
    switch (command.do) {
      case 'begin':
        state.begin()
        output.line('Transaction started')
        return true
      case 'reset':
        state.reset()
        output.line('Transaction reset')
        return true
      case 'rollback':
        transactions.rollback()
        output.line('Transaction rolled back')
        return true
      case 'watches':
        watches.listWatches(state)
        return true
      case 'unwatch':
        watches.unwatch(state, command)
        return true
      case 'cd-subspace':
        state.goTo(state.place.into(command.items))
        return true
      case 'tenant-leave':
        tenants.leaveTenant(state)
        return true
      case 'pwd':
        output.line(`${state.place.toString()}  prefix ${printBytes(state.place.prefix)}`)
        return true
      case 'help':
        output.line(help(command.topic))
        return true
      default:
        return this.#setting(command)
    }
  }

  #setting(command: Command): boolean {
    const state = this.#state
    const { output, transactions } = state
    switch (command.do) {
      case 'options':
        if (transactions.options.size === 0) output.note('no option is on')
        for (const [name, value] of transactions.options) {
          output.line(value === true ? name : `${name} ${String(value)}`)
        }
        return true
      case 'option-on':
        transactions.setOption(command.name, command.value)
        return true
      case 'option-off':
        transactions.clearOption(command.name)
        return true
      case 'writemode':
        if (command.on === undefined) output.line(state.writable ? 'on' : 'off')
        else state.writable = command.on
        return true
      case 'values':
        if (command.format === undefined) output.line(state.format)
        else state.format = command.format
        return true
      case 'status':
        for (const line of this.#status()) output.line(line)
        return true
      default:
        return false
    }
  }

  #status(): string[] {
    const { settings, place, transactions, tenants, writable, watches: waiting } = this.#state
    const lines = [
      settings.database,
      ...(tenants.current === undefined ? [] : [`in the tenant ${tenants.current}`]),
      `at ${place.toString()}, prefix ${printBytes(place.prefix)}`,
      `writes ${writable ? 'on' : 'off (`writemode on` allows them)'}`,
      transactions.isOpen ? 'in a transaction' : 'in no transaction',
    ]
    const options = [...transactions.options.keys()]
    if (options.length > 0) lines.push(`options ${options.join(', ')}`)
    const count = waiting.list().length
    if (count > 0) lines.push(count === 1 ? '1 watch' : `${count} watches`)
    return lines
  }

  async #remote(command: Command, signal: AbortSignal): Promise<void> {
    const state = this.#state
    switch (command.do) {
      case 'get':
        return reads.get(state, command, signal)
      case 'getrange':
        return reads.getRange(state, command, signal)
      case 'getkey':
        return reads.getKey(state, command, signal)
      case 'getversion':
        return reads.getVersion(state, signal)
      case 'watch':
        return watches.watch(state, command, signal)
      case 'set':
        return writes.set(state, command, signal)
      case 'clear':
        return writes.clear(state, command, signal)
      case 'clearrange':
        return writes.clearRange(state, command, signal)
      case 'atomic':
        return writes.atomic(state, command, signal)
      case 'commit':
        return writes.sayCommitted(state, await state.transactions.commit(signal))
      default:
        return this.#directory(command, signal)
    }
  }

  async #directory(command: Command, signal: AbortSignal): Promise<void> {
    const state = this.#state
    switch (command.do) {
      case 'dir-ls':
        return directories.list(state, command, signal)
      case 'dir-tree':
        return directories.tree(state, command, signal)
      case 'dir-create':
        return directories.create(state, command, signal)
      case 'dir-move':
        return directories.move(state, command, signal)
      case 'dir-remove':
        return directories.remove(state, command, signal)
      case 'cd':
        return directories.changePlace(state, command, signal)
      default:
        return this.#tenant(command, signal)
    }
  }

  async #tenant(command: Command, signal: AbortSignal): Promise<void> {
    const state = this.#state
    switch (command.do) {
      case 'tenant-list':
        return tenants.listTenants(state, command, signal)
      case 'tenant-create':
        return tenants.createTenant(state, command, signal)
      case 'tenant-delete':
        return tenants.deleteTenant(state, command, signal)
      case 'tenant-use':
        return tenants.useTenant(state, command, signal)
      default:
        throw new Error(`the command ${command.do} is carried out by nobody`)
    }
  }

  /**
   * Ends watches, the open transaction, and the visit to a tenant.
   *
   * @returns whether a transaction was dropped.
   */
  async close(): Promise<boolean> {
    const dropped = this.#state.transactions.close()
    await this.#state.watches.close()
    this.#state.tenants.close()
    return dropped
  }
}
