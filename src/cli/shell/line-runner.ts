import type { Environment } from '../../native/environment.ts'
import type { Command } from './command.ts'
import { parseLine } from './parse-command.ts'
import type { Session } from './session.ts'
import { Interrupted } from './shell-error.ts'
import type { ShellOutput } from './shell-output.ts'
import { ShellSyntaxError } from './syntax-error.ts'

/** How a line ended. */
export type LineResult = 'done' | 'exit' | 'failed' | 'syntax'

/** Parses and carries out lines, one at a time, and prints what is wrong with them. */
export class LineRunner {
  readonly #session: Session
  readonly #output: ShellOutput
  readonly #environment: Environment
  readonly #timeoutMs: number | undefined
  #current: AbortController | undefined

  /** @param timeoutMs ends a command that takes longer, a `watch --wait` excepted. */
  constructor(
    session: Session,
    output: ShellOutput,
    environment: Environment,
    timeoutMs: number | undefined,
  ) {
    this.#session = session
    this.#output = output
    this.#environment = environment
    this.#timeoutMs = timeoutMs
  }

  /** Whether a command is under way. */
  get isBusy(): boolean {
    return this.#current !== undefined
  }

  /** Ends the command that is under way. */
  interrupt(): void {
    this.#current?.abort(new Interrupted('interrupted'))
  }

  /** @param where is printed before an error, for example the number of the line. */
  async run(line: string, where = ''): Promise<LineResult> {
    let commands: Command[]
    try {
      commands = parseLine(line)
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error
      this.#output.error(`${where}${error.message}${pointTo(line, error.column)}`)
      return 'syntax'
    }
    for (const command of commands) {
      try {
        if (!(await this.#execute(command))) return 'exit'
      } catch (error) {
        this.#output.error(`${where}${explain(error)}`)
        return 'failed'
      }
    }
    return 'done'
  }

  async #execute(command: Command): Promise<boolean> {
    const controller = new AbortController()
    this.#current = controller
    const isWait = command.do === 'watch' && command.wait
    const timer =
      this.#timeoutMs === undefined || isWait
        ? undefined
        : this.#environment.setTimer(this.#timeoutMs, () => controller.abort(this.#tooLong()))
    try {
      return await this.#session.execute(command, controller.signal)
    } finally {
      if (timer !== undefined) this.#environment.clearTimer(timer)
      this.#current = undefined
    }
  }

  #tooLong(): Interrupted {
    const seconds = (this.#timeoutMs ?? 0) / 1000
    return new Interrupted(`no answer within ${seconds} s (--timeout waits longer)`)
  }
}

/** So much of a line is shown before and behind the place of an error. */
const AROUND = 30

/** The place of an error, on a line of its own, when the line is long enough to look for it. */
function pointTo(line: string, column: number): string {
  const from = Math.max(0, column - AROUND)
  const part = line.slice(from, column + AROUND).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
  return part.trim() === '' ? '' : `\n  ${part}\n  ${' '.repeat(column - from)}^`
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
