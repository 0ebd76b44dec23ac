import type { Readable, Writable } from 'node:stream'
import { directory } from '../../../layers/directory/directory-layer.ts'
import type { Database } from '../../../client/database/database.ts'
import { MAX_OFFERED } from './completion.ts'
import type { CompletionSource } from './completion.ts'
import { namesIn } from '../handlers/directory-commands.ts'
import { History } from './history.ts'
import { LineRunner } from './line-runner.ts'
import { PlainOutput } from './plain-output.ts'
import { readLines } from './read-lines.ts'
import { Repl, TerminalOutput } from './repl.ts'
import { runScript } from './run-script.ts'
import type { ScriptResult } from './run-script.ts'
import { Session } from './session.ts'
import type { SessionSettings } from '../session/session-state.ts'

/** What a shell runs on. */
export interface ShellSettings extends SessionSettings {
  readonly db: Database
  readonly input: Readable
  readonly output: Writable
  readonly errors: Writable
  /** A person is at both ends. */
  readonly isTerminal: boolean
  /** Commands in place of the input. */
  readonly exec: string | undefined
  /** How long a command of a script may take, in milliseconds. */
  readonly timeoutMs: number
  /** Where lines are kept between sessions. */
  readonly historyFile: string | undefined
}

/** After so many milliseconds, as in fdbcli, a person is told that a command takes long. */
const LONG_DELAY = 5000
/** Milliseconds that completion waits for the database. */
const COMPLETION_TIMEOUT = 1000

/** Runs a shell to its end. The database stays open. */
export async function runShell(settings: ShellSettings): Promise<ScriptResult> {
  return settings.isTerminal && settings.exec === undefined
    ? await converse(settings)
    : await script(settings)
}

async function script(settings: ShellSettings): Promise<ScriptResult> {
  const { db, input, exec, timeoutMs } = settings
  const output = new PlainOutput(settings.output, settings.errors)
  const session = new Session(db, settings, output)
  const runner = new LineRunner(session, output, db.environment, { endAfterMs: timeoutMs })
  return await runScript(
    session,
    runner,
    exec === undefined ? readLines(input) : [exec],
    output,
    exec === undefined,
  )
}

async function converse(settings: ShellSettings): Promise<ScriptResult> {
  const { db, input, historyFile, database, writable } = settings
  const output = new TerminalOutput(settings.output)
  const session = new Session(db, settings, output)
  output.line(
    `${database}\n\`help\` lists the commands${writable ? '' : '; writes are off until `writemode on`'}`,
  )
  const repl = new Repl({
    input,
    stream: settings.output,
    output,
    runner: new LineRunner(session, output, db.environment, { warnAfterMs: LONG_DELAY }),
    history: historyFile === undefined ? undefined : new History(historyFile),
    source: completionSource(session),
    prompt: () => session.prompt,
  })
  try {
    await repl.run()
  } finally {
    if (await session.close())
      output.note('the transaction was not committed: what it wrote is dropped')
  }
  return 'done'
}

function completionSource(session: Session): CompletionSource {
  const { state } = session
  return {
    seen: state.seen,
    async directories(absolute, steps) {
      const path = state.place.resolve({ absolute, steps, literal: false })
      // A transaction of its own, so that completion adds nothing to one that is open.
      const options = { timeout: COMPLETION_TIMEOUT, retry_limit: 2 }
      return state.db.doTransaction(async (tn) => {
        const isThere = path.length === 0 || (await directory.exists(tn, path))
        return isThere ? await namesIn(tn.snapshot(), path, MAX_OFFERED) : []
      }, options)
    },
  }
}
