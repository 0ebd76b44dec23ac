import { ownEntry } from '../../../native/values/own-entry.ts'
import type { DirectoryPath, Show, Typed, ValueFormat } from './command.ts'
import { nearest } from '../../ground/nearest.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'
import type { Token, Word } from '../notation/tokenize.ts'

/** What a command takes. */
export interface Signature {
  readonly name: string
  /** Its arguments and flags, for people. */
  readonly usage: string
  /** How many arguments besides flags. */
  readonly arguments: readonly [least: number, most: number]
  /** Flags without their dashes; the value says whether something follows. */
  readonly flags?: Readonly<Record<string, 'alone' | 'with value'>>
}

/** Fewest keys that a range gives unless told otherwise; the same as fdbcli's. */
export const DEFAULT_LIMIT = 25
/** As fdbcli, a limit has at most nine digits. */
const MAX_LIMIT = 999_999_999

const FORMATS: readonly ValueFormat[] = ['raw', 'tuple', 'int']

/** The arguments of one statement: positions and flags, checked against the signature. */
export class CommandArguments {
  readonly #signature: Signature
  readonly #positions: Token[] = []
  readonly #flags = new Map<string, Word | true>()
  readonly #column: number

  /** @throws ShellSyntaxError for too few, too many and unknown ones. */
  constructor(signature: Signature, tokens: readonly Token[], column: number) {
    this.#signature = signature
    this.#column = column
    let onlyPositions = false
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!
      const isFlag = token.kind === 'word' && !token.quoted && token.text.startsWith('--')
      if (onlyPositions || !isFlag) this.#positions.push(token)
      else if (token.text === '--') onlyPositions = true
      else if (this.#takeFlag(token, tokens[i + 1])) i += 1
    }
    const [least, most] = signature.arguments
    const count = this.#positions.length
    if (count < least) this.#wrong('too few arguments', column)
    if (count > most) this.#wrong('too many arguments', this.#positions[most]!.column)
  }

  /** True when it used up the token behind it. */
  #takeFlag(token: Word, following: Token | undefined): boolean {
    const { flags = {}, name } = this.#signature
    const [flag = '', ...rest] = token.text.slice(2).split('=')
    const kind = ownEntry(flags, flag)
    if (kind === undefined) {
      const near = nearest(flag, Object.keys(flags))
      const hint = near === undefined ? '' : `: did you mean --${near}?`
      this.#wrong(`${name} has no flag --${flag}${hint}`, token.column)
    }
    if (kind === 'alone') {
      if (rest.length > 0) this.#wrong(`--${flag} takes no value`, token.column)
      this.#flags.set(flag, true)
      return false
    }
    if (rest.length > 0) {
      const text = rest.join('=')
      this.#flags.set(flag, { ...token, text, bytes: Buffer.from(text) })
      return false
    }
    if (following?.kind !== 'word') return this.#wrong(`--${flag} needs a value`, token.column)
    this.#flags.set(flag, following)
    return true
  }

  #wrong(problem: string, column: number): never {
    const { name, usage } = this.#signature
    throw new ShellSyntaxError(`${problem} (usage: ${`${name} ${usage}`.trim()})`, column)
  }

  get count(): number {
    return this.#positions.length
  }

  has(flag: string): boolean {
    return this.#flags.has(flag)
  }

  #at(index: number): Token {
    return this.#positions[index]!
  }

  /** A key or value that may hold a versionstamp to come. */
  typed(index: number): Typed {
    const token = this.#at(index)
    if (token.kind === 'word' || !token.unbound) return { unbound: false, bytes: token.bytes }
    return { unbound: true, items: token.items }
  }

  bytes(index: number): Buffer {
    const token = this.#at(index)
    if (token.kind === 'tuple' && token.unbound) {
      throw new ShellSyntaxError(
        'only set takes a versionstamp that the commit fills in: write it in full, versionstamp:HEX#CODE',
        token.column,
      )
    }
    return token.bytes
  }

  optionalBytes(index: number): Buffer | undefined {
    return index < this.count ? this.bytes(index) : undefined
  }

  /** The argument itself, for those that read it in their own way. */
  token(index: number): Token {
    return this.#at(index)
  }

  word(index: number, what: string): string {
    const token = this.#at(index)
    return token.kind === 'word' ? token.text : this.#wrong(`${what} is no tuple`, token.column)
  }

  optionalWord(index: number, what: string): string | undefined {
    return index < this.count ? this.word(index, what) : undefined
  }

  flagText(flag: string): string | undefined {
    const value = this.#flags.get(flag)
    return typeof value === 'object' ? value.text : undefined
  }

  /** A whole number of a flag. */
  flagInteger(flag: string, least: number, most: number): number | undefined {
    const value = this.#flags.get(flag)
    return typeof value === 'object' ? this.#integer(value, `--${flag}`, least, most) : undefined
  }

  integer(index: number, what: string, least: number, most: number): number {
    return this.#integer(this.#at(index), what, least, most)
  }

  #integer(token: Token, what: string, least: number, most: number): number {
    const text = token.kind === 'word' ? token.text : ''
    const value = Number(text)
    if (/^[+-]?\d+$/.test(text) && value >= least && value <= most) return value
    return this.#wrong(`${what} is a whole number from ${least} to ${most}`, token.column)
  }

  /** How many keys a range gives: in this position, or by --limit. */
  limit(index: number): number {
    if (index < this.count) {
      if (this.has('limit')) this.#wrong('there are two limits', this.#at(index).column)
      return this.integer(index, 'the limit', 1, MAX_LIMIT)
    }
    return this.flagInteger('limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT
  }

  /** --as and --full. */
  show(): Show {
    const as = this.flagText('as')
    const format = as === undefined ? undefined : this.#format(as)
    return { format, full: this.has('full') }
  }

  format(index: number): ValueFormat | undefined {
    const word = this.optionalWord(index, 'a format')
    return word === undefined ? undefined : this.#format(word)
  }

  #format(word: string): ValueFormat {
    const format = FORMATS.find((each) => each === word)
    return format ?? this.#wrong(`a format is one of ${FORMATS.join(', ')}`, this.#column)
  }

  oneOf<const Name extends string>(index: number, names: readonly Name[]): Name | undefined {
    const word = this.optionalWord(index, 'this')
    if (word === undefined) return undefined
    const found = names.find((name) => name === word)
    return found ?? this.#wrong(`${word} is none of ${names.join(', ')}`, this.#at(index).column)
  }

  /** A path of names between slashes, or a tuple of names. */
  path(index: number): DirectoryPath {
    if (index >= this.count) return { absolute: false, steps: [], literal: false }
    const token = this.#at(index)
    if (token.kind === 'word') {
      const steps = token.text.split('/').filter((step) => step !== '')
      return { absolute: token.text.startsWith('/'), steps, literal: false }
    }
    const steps = token.items.filter((item) => typeof item === 'string')
    if (steps.length < token.items.length || token.suffix.length > 0) {
      this.#wrong('a path as a tuple holds text only', token.column)
    }
    return { absolute: true, steps, literal: true }
  }
}
