// Rows of commands that no command writer would write: the native side checks every number itself, in release builds too.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Code, Flag } from '../../src/future/port/commands.ts'
import { DEFAULT_SIZES, RingMemory } from '../../src/future/ring/ring-memory.ts'
import { useFakeClient } from './fake-client.ts'

const SIZES = {
  ...DEFAULT_SIZES,
  slots: 8,
  entries: 4,
  dataBytes: 256,
  objects: 4,
  commandBytes: 4096,
}
const MALFORMED = -1
const DATABASE = 0
const TRANSACTION = 1

useFakeClient()

/** A ring with a database and a transaction. */
function withMemory(use: (run: (words: readonly number[]) => number) => void): void {
  const memory = new RingMemory(SIZES)
  const { library, id } = memory
  const run = (words: readonly number[]): number => {
    memory.commandWords.set(words.slice(0, memory.commandWords.length))
    return library.flush(id, words.length, 0, 0)
  }
  try {
    expect(run([Code.openDatabase, DATABASE, -1])).toBe(0)
    expect(run([Code.openTransaction, TRANSACTION, DATABASE])).toBe(0)
    use(run)
  } finally {
    library.close(id)
  }
}

const key = (text: string): number[] => {
  const words = new Int32Array(Math.ceil(text.length / 4))
  Buffer.from(words.buffer).write(text, 'latin1')
  return [...words]
}

const ROWS: Record<string, readonly number[]> = {
  'a transaction in a number that is taken': [Code.openTransaction, TRANSACTION, DATABASE],
  'a database in a number that is taken': [Code.openDatabase, DATABASE, -1],
  'a transaction in a number beyond the last': [Code.openTransaction, 4, DATABASE],
  'a transaction in a negative number': [Code.openTransaction, -1, DATABASE],
  'a tenant in a number beyond the last': [Code.openTenant, 1 << 30, DATABASE, 1, ...key('t')],
  'a future in a slot beyond the last': [Code.get, 8, TRANSACTION, 1, ...key('q')],
  'a future in a negative slot': [Code.get, -1, TRANSACTION, 1, ...key('q')],
  'two futures in one slot': [
    ...[Code.get, 0, TRANSACTION, 1, ...key('q')],
    ...[Code.get, 0, TRANSACTION, 1, ...key('q')],
  ],
  'a key longer than the row': [Code.get, 0, TRANSACTION, 1000, ...key('q')],
  'a key of 2 GiB': [Code.get, 0, TRANSACTION, 0x7fffffff, ...key('q')],
  'a key of a negative length': [Code.get, 0, TRANSACTION, -2, ...key('q')],
  'a value of a negative length': [Code.set, TRANSACTION, 1, -1, ...key('q')],
  'an option of a length that no option has': [Code.setTransactionOption, TRANSACTION, 1, -2],
  'no gets at all': [Code.getMany, 0, TRANSACTION, 0],
  'more gets than a command has': [Code.getMany, 0, TRANSACTION, 257, ...key('q')],
  'gets without their lengths': [Code.getMany, 0, TRANSACTION, 3, 1],
  'gets of a negative length': [Code.getMany, 0, TRANSACTION, 2, 1, -4, ...key('q')],
  'gets longer than the row': [Code.getMany, 0, TRANSACTION, 2, 1, 9, ...key('q'), ...key('q')],
  'a cluster file without an end': [Code.openDatabase, 2, 4, ...key('path')],
  'a command that does not exist': [39, 0],
  'operands that are left out': [Code.getRange, 0, TRANSACTION, 1],
}

test.each(Object.keys(ROWS))('%s is refused', (name) => {
  withMemory((run) => {
    expect(run(ROWS[name]!)).toBe(MALFORMED)
    // The ring is as it was: it takes the next command.
    expect(run([Code.get | Flag.arm, 7, TRANSACTION, 1, ...key('i')])).toBe(0)
  })
})

test('more words or slots than there are places for are refused', () => {
  const memory = new RingMemory(SIZES)
  const { library, id } = memory
  for (const [words, releases] of [
    [SIZES.commandBytes / 4 + 1, 0],
    [-1, 0],
    [0, memory.releaseCapacity + 1],
    [0, -1],
  ] as const) {
    expect(library.flush(id, words, releases, 0)).toBe(MALFORMED)
  }
  expect(library.collect(id, 1 << 20)).toBe(2)
  expect(library.payloadSize(id, -1)).toBe(0)
  library.close(id)
  expect(library.flush(id, 0, 0, 0)).toBe(MALFORMED)
})

test('any words at all leave the process alive, and nothing behind', () => {
  const code = fc.constantFrom(...Object.values(Code))
  const small = fc.integer({ min: -2, max: 9 })
  const word = fc.oneof(
    { arbitrary: small, weight: 8 },
    { arbitrary: fc.constant(key('q')[0]!), weight: 1 },
    { arbitrary: fc.integer(), weight: 1 },
  )
  const command = fc.tuple(
    fc.oneof(
      {
        arbitrary: fc.tuple(code, fc.nat(3)).map(([code, flags]) => code | (flags << 8)),
        weight: 9,
      },
      { arbitrary: fc.integer(), weight: 1 },
    ),
    fc.array(word, { maxLength: 12 }),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
      withMemory((run) => {
        const words = commands.flatMap(([head, rest]) => [head, ...rest])
        expect(run(words)).toBeGreaterThanOrEqual(MALFORMED)
      })
    }),
    { numRuns: 2000 },
  )
})
