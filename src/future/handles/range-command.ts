/** One batch of a range as a command: checked as a whole before anything is written. */
import { checkBytes, checkInteger, checkSelector, type CheckedSelector } from '../port/checks.ts'
import type { CommandArea } from '../port/command-area.ts'
import { Flag } from '../port/commands.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import type { Selector } from '../port/payload.ts'

export interface RangeOptions {
  /** Keys; 0: no limit. */
  readonly limit?: number
  /** Bytes; 0: no limit. */
  readonly targetBytes?: number
  /** A code of the streaming mode table; default -1, iterator. */
  readonly mode?: number
  /** 1, 2, 3, ... in mode iterator. */
  readonly iteration?: number
  readonly snapshot?: boolean
  readonly reverse?: boolean
}

const STREAMING_ITERATOR = -1

export class RangeCommand {
  /** Its code and flags. */
  readonly code: number
  readonly begin: CheckedSelector
  readonly end: CheckedSelector
  readonly #numbers: readonly number[]
  readonly #mapper: Uint8Array | undefined
  readonly #mapperBytes: number

  constructor(
    code: number,
    begin: Selector,
    end: Selector,
    options: RangeOptions,
    mapper?: Uint8Array,
  ) {
    const { limit = 0, targetBytes = 0, mode = STREAMING_ITERATOR, iteration = 1 } = options
    const { snapshot = false, reverse = false } = options
    this.begin = checkSelector('begin', begin)
    this.end = checkSelector('end', end)
    this.#mapper = mapper
    this.#mapperBytes = mapper === undefined ? 0 : checkBytes('mapper', mapper)
    checkInteger('limit', limit)
    checkInteger('targetBytes', targetBytes)
    checkInteger('mode', mode)
    checkInteger('iteration', iteration)
    this.#numbers = [limit, targetBytes, mode, iteration]
    this.code =
      code |
      (snapshot ? Flag.snapshot : 0) |
      (reverse ? Flag.reverse : 0) |
      (this.begin.orEqual ? Flag.beginOrEqual : 0) |
      (this.end.orEqual ? Flag.endOrEqual : 0)
  }

  get words(): number {
    return this.#mapper === undefined ? 11 : 12
  }

  get byteWords(): number {
    return wordsOf(this.begin.length) + wordsOf(this.end.length) + wordsOf(this.#mapperBytes)
  }

  /** From the first operand behind slot and object. */
  write(writer: CommandArea, operands: number): void {
    const { begin, end } = this
    let at = operands
    writer.word(at++, begin.length)
    writer.word(at++, end.length)
    writer.word(at++, begin.offset)
    writer.word(at++, end.offset)
    for (const number of this.#numbers) writer.word(at++, number)
    if (this.#mapper !== undefined) writer.word(at++, this.#mapperBytes)
    at = writer.bytes(at, begin.key, begin.length)
    at = writer.bytes(at, end.key, end.length)
    if (this.#mapper !== undefined) writer.bytes(at, this.#mapper, this.#mapperBytes)
  }
}
