import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { ShellOutput } from '../session/shell-output.ts'

/** Prints for programs: results on one stream, all else on another. */
export class PlainOutput implements ShellOutput {
  readonly #out: Writable
  readonly #errors: Writable

  constructor(out: Writable, errors: Writable) {
    this.#out = out
    this.#errors = errors
  }

  line(text: string): void {
    this.#out.write(`${text}\n`)
  }

  note(text: string): void {
    this.#errors.write(`${text}\n`)
  }

  error(text: string): void {
    this.#errors.write(`ERROR: ${text}\n`)
  }

  notice(text: string): void {
    this.line(text)
  }

  async drain(): Promise<void> {
    if (this.#out.writableNeedDrain) await once(this.#out, 'drain')
  }
}
