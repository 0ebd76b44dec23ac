/** All that passes the bridge, a line each, in a file: where two runs of a seed begin to differ is seen there first. */
import { createHash } from 'node:crypto'
import { openSync, writeSync } from 'node:fs'
import { Code } from '../../future/port/commands.ts'
import { Op } from './batch.ts'
import { EventKind, type BridgeMemory } from './bridge-memory.ts'
import type { CallWitness, Operand } from './bridge-witness.ts'

/** More is not kept: the first difference is looked for, and a line says that it ends there. */
const MOST_LINES = 1_000_000
/** Bytes that are shown; of longer ones a digest, too. */
const SHOWN = 80

// Taken before workloads are refused to write.
const write = writeSync

/** A command of a client's handles, whose operands are written later. */
interface Begun {
  readonly client: number
  /** Where its words begin, and how many of them are numbers and bytes. */
  readonly at: number
  readonly words: number
  readonly byteWords: number
}

type Event = Pick<BridgeMemory, 'kind' | 'client' | 'a' | 'b' | 'length' | 'now' | 'eventData'>

export class BridgeCalls implements CallWitness {
  readonly #file: number
  #lines = 0
  #begun: (Begun | string)[] = []

  /** @throws Error of the file system. */
  constructor(path: string) {
    this.#file = openSync(path, 'wx')
  }

  begunInRow(client: number, at: number, words: number, byteWords: number): void {
    this.#begun.push({ client, at, words, byteWords })
  }

  begun(op: number, client: number, operands: readonly Operand[]): void {
    const texts = operands.map((operand) => JSON.stringify(operand))
    this.#begun.push(`> ${nameOf(Op, op)} client=${client} ${texts.join(' ')}`)
  }

  goesOut(words: Int32Array, bytes: Uint8Array): void {
    for (const each of this.#begun) {
      this.#line(typeof each === 'string' ? each : lineOf(each, words, bytes))
    }
    this.#begun = []
  }

  came({ kind, client, a, b, length, now, eventData }: Event): void {
    const data = length > 0 ? ` ${shown(eventData.subarray(0, length))}` : ''
    this.#line(`${now} ${nameOf(EventKind, kind)} client=${client} ${a} ${b} ${length}${data}`)
  }

  #line(text: string): void {
    this.#lines++
    if (this.#lines < MOST_LINES) write(this.#file, `${text}\n`)
    else if (this.#lines === MOST_LINES) write(this.#file, 'what follows is not kept\n')
  }
}

function lineOf(begun: Begun, words: Int32Array, bytes: Uint8Array): string {
  const { client, at, byteWords } = begun
  const code = words[at] as number
  const flags = code >> 8 === 0 ? '' : ` flags=${code >> 8}`
  const numbers = words.subarray(at + 1, at + begun.words).join(' ')
  const from = 4 * (at + begun.words)
  const data = byteWords === 0 ? '' : ` ${shown(bytes.subarray(from, from + 4 * byteWords))}`
  return `> ${nameOf(Code, code & 0xff)} client=${client}${flags} ${numbers}${data}`
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? String(value)
}

function shown(bytes: Uint8Array): string {
  const text = JSON.stringify(Buffer.from(bytes.subarray(0, SHOWN)).toString('latin1'))
  if (bytes.length <= SHOWN) return text
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return `${text} and ${bytes.length - SHOWN} bytes more, ${digest}`
}
