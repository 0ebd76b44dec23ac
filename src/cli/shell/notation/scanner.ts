import { ShellSyntaxError } from './syntax-error.ts'

/** Escapes of one letter, in words, in text and in bytes. */
const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** Reads a line from left to right. */
export class Scanner {
  readonly line: string
  at: number

  constructor(line: string, at = 0) {
    this.line = line
    this.at = at
  }

  get done(): boolean {
    return this.at >= this.line.length
  }

  /** The next UTF-16 unit; empty at the end. */
  peek(ahead = 0): string {
    return this.line[this.at + ahead] ?? ''
  }

  /** Steps over `text` if it comes next. */
  take(text: string): boolean {
    if (!this.line.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  /** Takes what a sticky pattern matches here; empty when it doesn't. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const [found = ''] = pattern.exec(this.line) ?? []
    this.at += found.length
    return found
  }

  skipSpace(): void {
    this.match(/\s*/y)
  }

  fail(message: string, column = this.at): never {
    throw new ShellSyntaxError(message, column)
  }

  /** The next character, two units long when it is outside of the basic plane. */
  character(): string {
    const character = String.fromCodePoint(this.line.codePointAt(this.at)!)
    this.at += character.length
    if (/\p{Surrogate}/u.test(character)) {
      this.fail('half of a surrogate pair is no text', this.at - 1)
    }
    return character
  }

  /** The byte of `\xNN`, with the scanner behind the backslash; undefined when something else comes. */
  hexByte(): number | undefined {
    if (this.peek() !== 'x') return undefined
    const digits = /^[0-9a-fA-F]{2}$/.exec(this.line.slice(this.at + 1, this.at + 3))
    if (digits === null) this.fail('\\x is followed by two hexadecimal digits', this.at - 1)
    this.at += 3
    return Number.parseInt(digits[0], 16)
  }

  /** The character of `\n`, `\t`, `\r`, or one of `literal` itself, with the scanner behind the backslash. */
  letterEscape(literal: string): string {
    const next = this.peek()
    this.at += 1
    if (next !== '' && literal.includes(next)) return next
    const letter = LETTERS[next]
    if (letter !== undefined) return letter
    const what = next === '' ? 'a backslash ends the line' : `there is no escape \\${next}`
    return this.fail(`${what}: write \\\\ for a backslash, \\xNN for a byte`, this.at - 2)
  }
}
