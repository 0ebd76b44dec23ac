import type { Environment, TimerHandle } from '../../../native/environment/environment.ts'
import type { Command } from '../grammar/command.ts'
import { parseLine } from '../grammar/parse-command.ts'
import type { Session } from './session.ts'
import { Interrupted } from '../session/shell-error.ts'
import type { ShellOutput } from '../session/shell-output.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'
import { messageOf } from '../../ground/errors.ts'

/** How a line ended. */
export type LineResult = 'done' | 'exit' | 'failed' | 'syntax'

/** What becomes of a command that takes its time, in milliseconds. A `watch --wait` is left alone. */
export interface Patience {
  /** It is ended. */
  readonly endAfterMs?: number
  /** The user is told that it can be ended. */
  readonly warnAfterMs?: number
}

/** Parses and carries out lines, one at a time, and prints what is wrong with them. */
export class LineRunner {
  readonly #session: Session
  readonly #output: ShellOutput
  readonly #environment: Environment
  readonly #patience: Patience
  #current: AbortController | undefined
  #isWait = false

  constructor(
    session: Session,
    output: ShellOutput,
    environment: Environment,
    patience: Patience = {},
  ) {
    this.#session = session
    this.#output = output
    this.#environment = environment
    this.#patience = patience
  }

  /** Whether a command is under way. */
  get isBusy(): boolean {
    return this.#current !== undefined
  }

  /** Ends the command that is under way. */
  interrupt(): void {
    this.#current?.abort(new Interrupted('interrupted'))
  }

  /** Ends the command that is under way if it waits for a change: it may wait for ever. */
  endWait(): void {
    if (this.#isWait) this.interrupt()
  }

  /** @param where is printed before an error, for example the number of the line. */
  async run(line: string, where = ''): Promise<LineResult> {
    let commands: Command[]
    try {
      commands = parseLine(line)
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error
      this.#output.error(harmless(`${where}${error.message}${pointTo(line, error.column)}`))
      return 'syntax'
    }
    for (const command of commands) {
      try {
        if (!(await this.#execute(command))) return 'exit'
      } catch (error) {
        this.#output.error(harmless(`${where}${messageOf(error)}`))
        return 'failed'
      }
    }
    return 'done'
  }

  async #execute(command: Command): Promise<boolean> {
    const controller = new AbortController()
    this.#current = controller
    this.#isWait = command.do === 'watch' && command.wait
    const stopTimers = this.#startTimers(controller)
    try {
      return await this.#session.execute(command, controller.signal)
    } finally {
      stopTimers()
      this.#current = undefined
    }
  }

  #startTimers(controller: AbortController): () => void {
    if (this.#isWait) return () => undefined
    const { endAfterMs, warnAfterMs } = this.#patience
    const timers: TimerHandle[] = []
    const after = (delay: number | undefined, action: () => void): void => {
      if (delay !== undefined) timers.push(this.#environment.setTimer(delay, action))
    }
    after(warnAfterMs, () => this.#output.notice('no answer yet (Ctrl-C ends the command)'))
    after(endAfterMs, () => {
      const text = `no answer within ${(endAfterMs ?? 0) / 1000} s (--timeout waits longer)`
      controller.abort(new Interrupted(text))
    })
    return () => {
      for (const timer of timers) this.#environment.clearTimer(timer)
    }
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

/** A message may quote what was typed or stored: no terminal is to obey it. */
function harmless(text: string): string {
  return text.replace(/(?![\n ])[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`
  })
}
