/** Ctrl-R: looks for a line typed before, from the newest back, while the pattern is typed. */
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

const CTRL_C = '\x03'
const CTRL_G = '\x07'
const BACKSPACE = '\b'
const CTRL_R = '\x12'
const DELETE = '\x7f'

/** What a search works on, and how it is seen. */
export interface SearchedLine {
  /** False while no line can be typed: Ctrl-R is dropped then. */
  readonly isTyping: boolean
  /** The lines to look through, the newest first. */
  readonly lines: readonly string[]
  /** Shows the search in place of the line. */
  show(pattern: string, found: string | undefined): void
  /** Puts the line that was found in place of the one that was typed; undefined: the one that was typed is back. */
  done(found: string | undefined): void
}

/**
 * The input of a terminal on its way to readline, which has no search of its own: while one is going on, what is
 * typed goes to the search. Enter and every key that edits take the line that was found, and go on to readline; Ctrl-G and
 * Ctrl-C bring back what was there.
 */
export class ReverseSearch extends Transform {
  readonly #line: SearchedLine
  readonly #decoder = new StringDecoder('utf8')
  #pattern: string | undefined
  #at = 0

  constructor(line: SearchedLine) {
    super()
    this.#line = line
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (const key of this.#decoder.write(chunk)) this.#take(key)
    done()
  }

  #take(key: string): void {
    if (this.#pattern === undefined) this.#outside(key)
    else if (key === CTRL_R) this.#find(this.#pattern, this.#at + 1)
    else if (key === DELETE || key === BACKSPACE) this.#find(this.#pattern.slice(0, -1), 0)
    else if (key === CTRL_G || key === CTRL_C) this.#end(undefined)
    else if (key < ' ') this.#accept(key)
    else this.#find(this.#pattern + key, 0)
  }

  #outside(key: string): void {
    if (key !== CTRL_R) this.push(key)
    else if (this.#line.isTyping) this.#find('', 0)
  }

  /** Nothing further back: what was found last stays. */
  #find(pattern: string, from: number): void {
    const lines = this.#line.lines
    const again = pattern === this.#pattern
    const next = pattern === '' ? -1 : lines.findIndex((l, i) => i >= from && l.includes(pattern))
    if (next >= 0 || !again) this.#at = next
    this.#pattern = pattern
    this.#line.show(pattern, lines[this.#at])
  }

  #accept(key: string): void {
    this.#end(this.#line.lines[this.#at])
    this.push(key)
  }

  #end(found: string | undefined): void {
    this.#pattern = undefined
    this.#at = 0
    this.#line.done(found)
  }
}

/** Puts the search between a terminal and readline. `detach` gives the terminal back. */
export function searching(input: Readable, search: ReverseSearch): { detach(): void } {
  const raw = input as Readable & { setRawMode?: (on: boolean) => unknown }
  if (typeof raw.setRawMode === 'function') {
    Object.assign(search, { setRawMode: (on: boolean) => raw.setRawMode?.(on) })
  }
  input.pipe(search)
  return {
    detach: () => {
      input.unpipe(search)
      input.pause()
    },
  }
}
