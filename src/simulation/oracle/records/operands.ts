/** Reads commands as they go out; the handles in src/future have written them. */
import { Code, Flag } from '../../../future/port/commands.ts'
import { wordsOf } from '../../../future/port/copy-bytes.ts'
import type { KeySelector } from '../model/reads.ts'
import type { CallPlace } from './call-place.ts'
import type { Modes, Read, Write } from './attempt.ts'

/** The operands of one command, one after the other. */
export class Operands {
  readonly #words: Int32Array
  readonly #bytes: Buffer
  readonly head: number
  #at: number

  /** @param skip words before the first operand: the command, the object, and the slot of one that has a future. */
  constructor(words: Int32Array, bytes: Buffer, at: number, skip: number) {
    this.#words = words
    this.#bytes = bytes
    this.head = words[at] as number
    this.#at = at + skip
  }

  word(): number {
    return this.#words[this.#at++] as number
  }

  wide(): number {
    const low = this.word() >>> 0
    return this.word() * 2 ** 32 + low
  }

  flag(flag: number): boolean {
    return (this.head & flag) !== 0
  }

  text(length: number): string {
    return this.#bytes.toString('latin1', this.#at << 2, this.#skip(length))
  }

  copy(length: number): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#at << 2, this.#skip(length)))
  }

  /** Goes on behind so many bytes, which end there. */
  #skip(length: number): number {
    const end = (this.#at << 2) + length
    this.#at += wordsOf(length)
    return end
  }
}

const NOTHING = Buffer.alloc(0)

/** @param silent the write conflicts with nobody. */
export function readWrite(code: number, operands: Operands, silent: boolean): Write {
  const length = operands.word()
  const second = code === Code.clear ? 0 : operands.word()
  const type = code === Code.atomicOp ? operands.word() : 0
  const key = operands.text(length)
  if (code === Code.clear) {
    return { what: 'clear', key, end: `${key}\0`, operand: NOTHING, type, silent }
  }
  if (code === Code.clearRange) {
    return { what: 'clear', key, end: operands.text(second), operand: NOTHING, type, silent }
  }
  const what = code === Code.set ? 'set' : 'atomic'
  return { what, key, end: `${key}\0`, operand: operands.copy(second), type, silent }
}

export function readRead(code: number, operands: Operands, modes: Modes, place: CallPlace): Read {
  const common = { ...modes, place, answer: undefined }
  if (code === Code.get) return { what: 'get', key: operands.text(operands.word()), ...common }
  if (code === Code.getKey) {
    const length = operands.word()
    const offset = operands.word()
    const selector = {
      key: operands.text(length),
      orEqual: operands.flag(Flag.beginOrEqual),
      offset,
    }
    return { what: 'getKey', selector, ...common }
  }
  const [beginBytes, endBytes] = [operands.word(), operands.word()]
  const [beginOffset, endOffset, limit] = [operands.word(), operands.word(), operands.word()]
  // Bytes, mode and iteration say where the batch ends, which the answer says, too.
  for (let i = 0; i < 3; i++) operands.word()
  const isMapped = code === Code.getMappedRange
  if (isMapped) operands.word()
  const selector = (length: number, offset: number, flag: number): KeySelector => {
    return { key: operands.text(length), orEqual: operands.flag(flag), offset }
  }
  return {
    what: isMapped ? 'getMappedRange' : 'getRange',
    begin: selector(beginBytes, beginOffset, Flag.beginOrEqual),
    end: selector(endBytes, endOffset, Flag.endOrEqual),
    reverse: operands.flag(Flag.reverse),
    limit,
    ...common,
  }
}
