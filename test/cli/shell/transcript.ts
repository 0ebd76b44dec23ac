import { LineRunner } from '../../../src/cli/shell/console/line-runner.ts'
import type { LineResult, Patience } from '../../../src/cli/shell/console/line-runner.ts'
import { Session } from '../../../src/cli/shell/console/session.ts'
import type { SessionSettings } from '../../../src/cli/shell/session/session-state.ts'
import type { ShellOutput } from '../../../src/cli/shell/session/shell-output.ts'
import type { Database } from '../../../src/index.ts'

/** Keeps what a shell prints; errors begin with `ERROR`, notes with `# `, notices with `! `. */
export class RecordedOutput implements ShellOutput {
  readonly lines: string[] = []
  #noticed: (text: string) => void = () => undefined

  line(text: string): void {
    // Versions differ from run to run.
    this.lines.push(text.replace(/^Committed \(\d+\)$/, 'Committed'))
  }

  note(text: string): void {
    this.lines.push(`# ${text}`)
  }

  error(text: string): void {
    this.lines.push(`ERROR ${text}`)
  }

  notice(text: string): void {
    this.#noticed(text)
  }

  drain(): Promise<void> {
    return Promise.resolve()
  }

  /** The next notice. Ask before what brings it. */
  nextNotice(): Promise<string> {
    return new Promise((resolve) => (this.#noticed = resolve))
  }

  take(): string[] {
    return this.lines.splice(0)
  }
}

/** A session that is typed to. */
export class Typist {
  readonly output = new RecordedOutput()
  readonly session: Session
  readonly runner: LineRunner
  result: LineResult = 'done'

  constructor(db: Database, settings: Partial<SessionSettings> = {}, patience?: Patience) {
    const all = { database: 'a test', writable: true, full: false, ...settings }
    this.session = new Session(db, all, this.output)
    this.runner = new LineRunner(this.session, this.output, db.environment, patience)
  }

  /** What the lines print. */
  async type(...lines: string[]): Promise<string[]> {
    for (const line of lines) this.result = await this.runner.run(line)
    return this.output.take()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close()
  }
}
