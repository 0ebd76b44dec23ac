import { once } from 'node:events'
import { clearLine, createInterface, cursorTo } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { complete } from './completion.ts'
import type { CompletionSource } from './completion.ts'
import { ReverseSearch, searching } from './reverse-search.ts'
import type { SearchedLine } from './reverse-search.ts'
import { HISTORY_LINES } from './history.ts'
import type { History } from './history.ts'
import type { LineRunner } from './line-runner.ts'
import type { ShellOutput } from '../session/shell-output.ts'
import { messageOf } from '../../ground/errors.ts'

/** More lines than this that wait for the command before them are dropped. */
const MAX_TYPED_AHEAD = 10_000

/** Prints for a person at a terminal. */
export class TerminalOutput implements ShellOutput {
  readonly #stream: Writable
  #redraw: (() => void) | undefined

  constructor(stream: Writable) {
    this.#stream = stream
  }

  /** @param redraw brings back the line that is being typed; undefined while none is. */
  typing(redraw: (() => void) | undefined): void {
    this.#redraw = redraw
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`)
  }

  note(text: string): void {
    this.line(text)
  }

  error(text: string): void {
    this.line(`ERROR: ${text}`)
  }

  notice(text: string): void {
    if (this.#redraw === undefined) return this.line(text)
    cursorTo(this.#stream, 0)
    clearLine(this.#stream, 0)
    this.line(text)
    this.#redraw()
  }

  async drain(): Promise<void> {
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain')
  }
}

/** What a conversation at a terminal needs. */
export interface ReplParts {
  readonly input: Readable
  readonly stream: Writable
  readonly output: TerminalOutput
  readonly runner: LineRunner
  readonly history: History | undefined
  readonly source: CompletionSource
  readonly prompt: () => string
}

/**
 * Reads lines from a terminal and carries them out, one after the other, until `exit` or the end of the input. Ctrl-C ends the
 * command that is under way, or clears the line.
 */
export class Repl {
  readonly #parts: ReplParts
  readonly #readline: Interface
  readonly #waiting: string[] = []
  #wake: () => void = () => undefined
  #isClosed = false
  #history: History | undefined
  #lines: readonly string[]
  #isTyping = false

  constructor(parts: ReplParts) {
    this.#parts = parts
    this.#history = parts.history
    this.#lines = this.#read()
    const search = new ReverseSearch(this.#searched())
    const terminal = searching(parts.input, search)
    this.#readline = createInterface({
      input: search,
      output: parts.stream,
      terminal: true,
      history: [...this.#lines],
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, hits: [string[], string]) => void) => {
        void this.#complete(line).then((completion) => done(null, completion))
      },
    })
    this.#readline.on('line', (line) => this.#typed(line))
    this.#readline.on('SIGINT', () => this.#interrupted())
    this.#readline.on('history', (lines: string[]) => (this.#lines = [...lines]))
    this.#readline.on('close', () => {
      this.#isClosed = true
      terminal.detach()
      parts.runner.endWait()
      this.#wake()
    })
  }

  #searched(): SearchedLine {
    const lines = (): readonly string[] => this.#lines
    const isTyping = (): boolean => this.#isTyping
    return {
      get isTyping() {
        return isTyping()
      },
      get lines() {
        return lines()
      },
      show: (pattern, found = '') => {
        const { stream } = this.#parts
        cursorTo(stream, 0)
        clearLine(stream, 0)
        stream.write(`(reverse-i-search)'${pattern}': ${found}`)
      },
      done: (found) => {
        if (found !== undefined) this.#clearLine()
        this.#readline.prompt(true)
        if (found !== undefined) this.#readline.write(found)
      },
    }
  }

  #clearLine(): void {
    this.#readline.write(null, { ctrl: true, name: 'e' })
    this.#readline.write(null, { ctrl: true, name: 'u' })
  }

  #read(): string[] {
    try {
      return this.#history?.read() ?? []
    } catch (error) {
      this.#withoutHistory(error)
      return []
    }
  }

  #withoutHistory(error: unknown): void {
    this.#history = undefined
    this.#parts.output.note(`the history is not kept: ${messageOf(error)}`)
  }

  async #complete(line: string): Promise<[string[], string]> {
    try {
      const [hits, typed] = await complete(line, this.#parts.source)
      return [hits, typed]
    } catch (error) {
      this.#parts.output.notice(`no completion: ${messageOf(error)}`)
      return [[], line]
    }
  }

  #typed(line: string): void {
    if (this.#waiting.length >= MAX_TYPED_AHEAD) {
      this.#waiting.length = 0
      this.#parts.output.error(`more than ${MAX_TYPED_AHEAD} lines waited: they are dropped`)
    }
    this.#waiting.push(line)
    this.#wake()
  }

  #interrupted(): void {
    const { runner, output } = this.#parts
    const dropped = this.#waiting.splice(0).length
    if (runner.isBusy) return runner.interrupt()
    if (dropped > 0) output.error('interrupted')
    else if (this.#readline.line === '') output.line('\n(Ctrl-D leaves)')
    else {
      output.line('^C')
      this.#clearLine()
    }
    this.#ask()
  }

  #ask(): void {
    const { output, prompt } = this.#parts
    this.#readline.setPrompt(prompt())
    this.#readline.prompt(true)
    output.typing(() => this.#readline.prompt(true))
  }

  /** Settles when the conversation is over. */
  async run(): Promise<void> {
    const { output, runner } = this.#parts
    try {
      for (;;) {
        // A line is taken and begun in one go: in between, Ctrl-C would find nothing to end.
        const line = this.#waiting.shift()
        if (line !== undefined) {
          this.#keep(line)
          if ((await runner.run(line)) === 'exit') return
        } else if (this.#isClosed) return output.line('')
        else await this.#typing()
      }
    } finally {
      output.typing(undefined)
      this.#readline.close()
    }
  }

  /** Shows the prompt, and settles when a line was typed or the input has ended. */
  #typing(): Promise<void> {
    this.#ask()
    this.#isTyping = true
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#isTyping = false
        this.#parts.output.typing(undefined)
        resolve()
      }
    })
  }

  #keep(line: string): void {
    try {
      this.#history?.add(line)
    } catch (error) {
      this.#withoutHistory(error)
    }
  }
}
