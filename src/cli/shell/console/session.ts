import type { Database } from '../../../client/database/database.ts'
import { carryOut } from '../handlers/command-handlers.ts'
import type { Command } from '../grammar/command.ts'
import { SessionState } from '../session/session-state.ts'
import type { SessionSettings } from '../session/session-state.ts'
import type { ShellOutput } from '../session/shell-output.ts'

/**
 * Carries out commands on a database, one after the other. Knows nothing of terminals.
 *
 *     const session = new Session(db, { database: 'a test', writable: true, full: false }, output)
 *     for (const command of parseLine('set a 1; get a')) await session.execute(command, signal)
 *     await session.close()
 */
export class Session {
  /** Where the session is, and what it has seen. */
  readonly state: SessionState

  /** The database stays the caller's: to be closed after the session. */
  constructor(db: Database, settings: SessionSettings, output: ShellOutput) {
    this.state = new SessionState(db, settings, output)
  }

  /** What stands before a line that is typed. */
  get prompt(): string {
    const { place, transactions, tenants } = this.state
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
    await carryOut(this.state, command, signal)
    return true
  }

  /**
   * Ends watches, the open transaction, and the visit to a tenant.
   *
   * @returns whether a transaction was dropped.
   */
  async close(): Promise<boolean> {
    const { transactions, watches, tenants } = this.state
    const dropped = transactions.close()
    await watches.close()
    tenants.close()
    return dropped
  }
}
