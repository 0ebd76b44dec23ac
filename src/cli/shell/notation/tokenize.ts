/** A line, cut into statements and these into tokens, as fdbcli does it, and with tuples beside. */
import { pack, packUnboundVersionstamp } from '../../../layers/tuple/tuple.ts'
import type { TupleItem } from '../../../layers/tuple/tuple.ts'
import { ByteWriter, scanEscape, scanQuoted } from './byte-notation.ts'
import { Scanner } from './scanner.ts'
import { hasUnboundStamp, scanTuple } from './tuple-notation.ts'

/** A line above this many UTF-16 units is refused. The longest value, escaped, has 400,000. */
export const MAX_LINE = 1_000_000

/** Text or bytes. */
export interface Word {
  readonly kind: 'word'
  readonly bytes: Buffer
  /** The bytes as UTF-8. */
  readonly text: string
  /** Quotes or escapes were used: it is no flag, whatever it begins with. */
  readonly quoted: boolean
  readonly column: number
}

/** A tuple, and what follows its parenthesis without a space. */
export interface TupleWord {
  readonly kind: 'tuple'
  readonly items: readonly TupleItem[]
  readonly suffix: Buffer
  /** It holds a versionstamp that the commit fills in. */
  readonly unbound: boolean
  /** Packed, with the suffix. When it is unbound, there is a hole in it. */
  readonly bytes: Buffer
  readonly column: number
}

export type Token = Word | TupleWord

/**
 * Statements are separated by `;` or the end of a line, and have at least one token. A `#` where a statement would
 * begin makes the rest of the line a comment.
 *
 * @throws ShellSyntaxError
 */
export function tokenize(line: string): Token[][] {
  const scanner = new Scanner(line)
  if (line.length > MAX_LINE) {
    scanner.fail(`a line has at most ${MAX_LINE} characters, and this has more`)
  }
  const statements: Token[][] = []
  let tokens: Token[] = []
  for (;;) {
    scanner.match(/[^\S\n]*/y)
    if (tokens.length === 0) scanner.match(/#.*/y)
    const next = scanner.peek()
    if (next === '' || next === ';' || next === '\n') {
      if (tokens.length > 0) statements.push(tokens)
      tokens = []
      if (next === '') return statements
      scanner.at += 1
    } else {
      tokens.push(next === '(' ? scanTupleWord(scanner) : scanWord(scanner))
    }
  }
}

function scanTupleWord(scanner: Scanner): TupleWord {
  const column = scanner.at
  const items = scanTuple(scanner)
  const { bytes: suffix } = scanWord(scanner)
  const unbound = hasUnboundStamp(items)
  if (unbound && suffix.length > 0) {
    scanner.fail('nothing may follow a tuple with a versionstamp that the commit fills in', column)
  }
  try {
    const packed = unbound ? packUnboundVersionstamp(items).data : pack(items)
    return { kind: 'tuple', items, suffix, unbound, bytes: Buffer.concat([packed, suffix]), column }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    return scanner.fail(error.message, column)
  }
}

function scanWord(scanner: Scanner): Word {
  const column = scanner.at
  const out = new ByteWriter()
  let quoted = false
  for (let next = scanner.peek(); !/^[\s;]?$/.test(next); next = scanner.peek()) {
    // A single quote opens only at the start, so that it's can be typed.
    if (next === '"' || (next === "'" && scanner.at === column)) {
      quoted = true
      scanQuoted(scanner, out)
    } else if (scanner.take('\\')) {
      quoted = true
      scanEscape(scanner, out, `\\"' ;()#`)
    } else out.text(scanner.character())
  }
  const bytes = out.finish()
  return { kind: 'word', bytes, text: bytes.toString('utf8'), quoted, column }
}
