import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeBytes, printBytes } from '../../../src/cli/shell/notation/byte-notation.ts'
import { showKey, showName, showValue } from '../../../src/cli/shell/session/show.ts'
import { ShellSyntaxError } from '../../../src/cli/shell/notation/syntax-error.ts'
import { MAX_LINE, tokenize } from '../../../src/cli/shell/notation/tokenize.ts'
import type { Token } from '../../../src/cli/shell/notation/tokenize.ts'
import { printPacked, printTuple } from '../../../src/cli/shell/notation/tuple-notation.ts'
import { pack } from '../../../src/layers/tuple/tuple.ts'
import type { TupleItem } from '../../../src/layers/tuple/tuple.ts'
import { bytes, shortStamp, tupleItems } from '../../layers/tuple/arbitraries.ts'

/** The only token of a line. */
function one(line: string): Token {
  const statements = tokenize(line)
  expect(statements).toHaveLength(1)
  expect(statements[0]).toHaveLength(1)
  return statements[0]![0]!
}

/** Bytes with everything in them that is written in a way of its own. */
const anyBytes = fc.oneof(
  bytes({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
  fc
    .array(fc.constantFrom(...'"\'\\ ;()#x0aé漢\u202e\u200d\x1b\n'.split('')), { maxLength: 30 })
    .map((parts) => Buffer.from(parts.join(''))),
)

const anyTuple = fc
  .tuple(tupleItems, fc.array(shortStamp, { maxLength: 1 }))
  .map(([items, stamps]) => [...items, ...stamps])

describe('bytes', () => {
  test('are read as they were printed', () => {
    fc.assert(
      fc.property(anyBytes, (value) => {
        const token = one(printBytes(value))
        expect(token).toMatchObject({ kind: 'word', quoted: true })
        expect(token.bytes.equals(value)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('are printed without anything that a terminal obeys', () => {
    fc.assert(
      fc.property(anyBytes, (value) => {
        expect(printBytes(value)).not.toMatch(/(?! )[\p{C}\p{Z}]/u)
      }),
    )
  })

  test.each<[string, number[] | string]>([
    ['plain', 'plain'],
    ["it's", "it's"],
    ['a\\x00b', [0x61, 0, 0x62]],
    ['\\xff\\xff', [0xff, 0xff]],
    ['"two words"', 'two words'],
    ['\'{"a": 1}\'', '{"a": 1}'],
    ['half"and half"', 'halfand half'],
    ['a\\ b\\;c\\\\', 'a b;c\\'],
    ['\\(1)', '(1)'],
    ['""', ''],
    ['"\\n\\t\\r"', '\n\t\r'],
    ['é漢', 'é漢'],
  ])('%s is read', (line, expected) => {
    expect(one(line).bytes).toEqual(
      typeof expected === 'string' ? Buffer.from(expected) : Buffer.from(expected),
    )
  })

  test.each<[string, string]>([
    ['name', '"name"'],
    ['say "hi"', `'say "hi"'`],
    [`it's "hi"`, `"it's \\"hi\\""`],
    ['José', '"José"'],
    ['\x1b[31m', '"\\x1b[31m"'],
    ['\u202egnp', '"\\xe2\\x80\\xaegnp"'],
  ])('%j is printed as %s', (text, expected) => {
    expect(printBytes(Buffer.from(text))).toBe(expected)
  })

  test('are escaped one by one when they are no UTF-8', () => {
    const broken = Buffer.from([0xc3, 0x28, 0xe2, 0x82, 0xf0, 0x9f, 0x98])
    expect(escapeBytes(broken, '"')).toBe('\\xc3(\\xe2\\x82\\xf0\\x9f\\x98')
  })
})

describe('a tuple', () => {
  test('is read as it was printed', () => {
    fc.assert(
      fc.property(anyTuple, (items) => {
        const token = one(printTuple(items))
        expect(token).toMatchObject({ kind: 'tuple', unbound: false })
        expect(token.bytes.equals(pack(items))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('is what its packed form is printed as', () => {
    fc.assert(
      fc.property(anyTuple, (items) => {
        fc.pre(items.length > 0)
        const packed = pack(items)
        const printed = printPacked(packed)
        expect(printed).toBeDefined()
        expect(one(printed!).bytes.equals(packed)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('that waits for its versionstamp is read as it was printed', () => {
    const stamp = fc.oneof(
      fc.constant<TupleItem>({ type: 'unbound versionstamp' }),
      fc.constant<TupleItem>({ type: 'unbound versionstamp', bits: 80 }),
      fc.nat(0xffff).map<TupleItem>((code) => ({ type: 'unbound versionstamp', code })),
    )
    fc.assert(
      fc.property(stamp, fc.boolean(), (item, nested) => {
        const items = nested ? ['log', [item], 1] : ['log', item, 1]
        expect(one(printTuple(items))).toMatchObject({ kind: 'tuple', unbound: true, items })
      }),
    )
  })

  test.each<[string, TupleItem[]]>([
    ['()', []],
    ['("a")', ['a']],
    ['("a",)', ['a']],
    ['( "a" ,42,-7 )', ['a', 42, -7]],
    ['(null, true, false)', [null, true, false]],
    ['(b"\\x00\\xff")', [Buffer.from([0, 0xff])]],
    ['(\'it is "so"\')', ['it is "so"']],
    ['(18446744073709551616)', [2n ** 64n]],
    ['(1.5, 1.0, -0.0, 1e3)', [1.5, 1, -0, 1e3].map((value) => ({ type: 'double', value }))],
    ['(1.5f, .5f)', [1.5, 0.5].map((value) => ({ type: 'float', value }))],
    ['(inf, -inf)', [Infinity, -Infinity].map((value) => ({ type: 'double', value }))],
    ['(("nested", (1)), ())', [['nested', [1]], []]],
    ['("\\u{1f600}\\u00e9\\x41")', ['😀éA']],
    [
      '(uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8)',
      [{ type: 'uuid', value: Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex') }],
    ],
    [
      '(versionstamp:00000000000000000102#3)',
      [{ type: 'versionstamp', value: Buffer.from('000000000000000001020003', 'hex') }],
    ],
    ['("a", user:41:00ff)', ['a', { type: 'user', code: 0x41, value: Buffer.from([0, 0xff]) }]],
  ])('%s is read', (line, items) => {
    expect(one(line).bytes).toEqual(pack(items))
  })

  test('takes bytes behind its parenthesis', () => {
    const expected = Buffer.concat([pack(['a']), Buffer.from([0xff])])
    expect(one('("a",)\\xff').bytes).toEqual(expected)
  })

  test.each<[string, RegExp]>([
    ['(users)', /text goes in quotes/],
    ['("a" "b")', /separated by commas/],
    ['("a",, "b")', /is missing/],
    ['("a"', /not closed/],
    ['("a', /quote " is not closed/],
    ['("\\xff")', /b"…"/],
    ['("\\ud800")', /no character/],
    ['("\\q")', /no escape \\q/],
    ['(uuid:12)', /no item/],
    ['(versionstamp:00#0)', /no item/],
    ['(versionstamp:00000000000000000000#70000)', /no item/],
    ['(1e999)', /no item/],
    ['(1e39f)', /no item/],
    ['(user:41:00, 1)', /last/],
    ['(versionstamp, versionstamp)', /one/],
    ['(versionstamp)\\x00', /nothing may follow/],
    [`(${'9'.repeat(700)})`, /no item/],
    [`(1${'0'.repeat(617)})`, /255/],
    [`${'('.repeat(300)}${')'.repeat(300)}`, /nest at most/],
  ])('%s is refused', (line, message) => {
    expect(() => tokenize(line)).toThrow(message)
    expect(() => tokenize(line)).toThrow(ShellSyntaxError)
  })
})

describe('a line', () => {
  const texts = (line: string): string[][] =>
    tokenize(line).map((tokens) => tokens.map(({ bytes: each }) => each.toString()))

  test.each<[string, string[][]]>([
    ['', []],
    ['  ; ;; ', []],
    ['a b;c', [['a', 'b'], ['c']]],
    ['a "b;c" ; d', [['a', 'b;c'], ['d']]],
    ['a\nb', [['a'], ['b']]],
    ['# all; of it\na b # c', [['a', 'b', '#', 'c']]],
    ['a; # the rest', [['a']]],
    ['a\t\tb', [['a', 'b']]],
  ])('%j is cut', (line, expected) => {
    expect(texts(line)).toEqual(expected)
  })

  test.each<[string, number]>([
    ['a "b', 2],
    ['a \\q', 2],
    ['a \\x0', 2],
    ['a b\\', 3],
    ['a ("x', 3],
  ])('%j is refused at %i', (line, column) => {
    expect(() => tokenize(line)).toThrow(expect.objectContaining({ column }))
  })

  test('that is too long is refused', () => {
    expect(() => tokenize('a'.repeat(MAX_LINE + 1))).toThrow(/at most/)
  })

  test('of any kind gives tokens or a syntax error, and nothing else', () => {
    const pieces = fc.constantFrom(
      ...[
        '(',
        ')',
        '"',
        "'",
        '\\',
        'x',
        '0',
        ';',
        ',',
        ' ',
        '\n',
        '#',
        'b"',
        'uuid:',
        'é',
        '\ud800',
      ],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        try {
          for (const tokens of tokenize(parts.join(''))) expect(tokens.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(ShellSyntaxError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what is shown', () => {
  test('of any key can be typed', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, anyTuple.map(pack)), (key) => {
        expect(one(showKey(key)).bytes.equals(key)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('of a key that begins with a letter is text', () => {
    expect(showKey(Buffer.from('Ada'))).toBe('"Ada"')
    expect(showKey(pack(['Ada', 1]))).toBe('("Ada", 1)')
  })

  test('of a value is what the format says, and bytes where that does not fit', () => {
    const five = Buffer.from([5, 0, 0, 0, 0, 0, 0, 0])
    expect(showValue(five, 'int', false)).toBe('5')
    expect(showValue(Buffer.from([0xff, 0xff]), 'int', false)).toBe('-1')
    expect(showValue(Buffer.alloc(17), 'int', false)).toMatch(/^"(\\x00){17}"$/)
    expect(showValue(pack(['a']), 'tuple', false)).toBe('("a",)')
    expect(showValue(Buffer.from('{"a":1}'), 'tuple', false)).toBe(`'{"a":1}'`)
  })

  test('of a long value is cut, and says so', () => {
    const long = Buffer.alloc(5000, 'x')
    expect(showValue(long, 'raw', false)).toBe(
      `"${'x'.repeat(1000)}"… (5,000 bytes: --full prints all)`,
    )
    expect(showValue(long, 'raw', true)).toBe(`"${'x'.repeat(5000)}"`)
  })

  test('of a name is in quotes when a path needs them', () => {
    expect(['users', 'größe', 'a b', 'a/b', '"', '\x1b'].map(showName)).toEqual([
      'users',
      'größe',
      '"a b"',
      '"a/b"',
      '"\\""',
      '"\\u{1b}"',
    ])
  })
})
