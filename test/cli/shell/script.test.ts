import { PassThrough, Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { readLines } from '../../../src/cli/shell/console/read-lines.ts'
import { runShell } from '../../../src/cli/shell/console/run-shell.ts'
import type { ShellSettings } from '../../../src/cli/shell/console/run-shell.ts'
import { MAX_LINE } from '../../../src/cli/shell/notation/tokenize.ts'
import { openEmbedded } from '../../../src/index.ts'
import type { Environment } from '../../../src/index.ts'
import { Typist } from './transcript.ts'

const db = openEmbedded()
afterAll(() => db.close())

async function shell(input: string, settings: Partial<ShellSettings> = {}) {
  const output = new PassThrough()
  const errors = new PassThrough()
  await db.clearRange('', '\xff')
  const result = await runShell({
    db,
    database: 'a test',
    writable: true,
    full: false,
    input: Readable.from([input]),
    output,
    errors,
    isTerminal: false,
    exec: undefined,
    timeoutMs: 10_000,
    historyFile: undefined,
    ...settings,
  })
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? ''
  return { result, output: text(output), errors: text(errors) }
}

describe('a script', () => {
  test('prints results and nothing else', async () => {
    const ran = await shell('# a comment\nset a 1\n\nget a; getrange\n')
    expect(ran).toEqual({
      result: 'done',
      output: expect.stringMatching(/^Committed \(\d+\)\n"a" is "1"\n"a" is "1"\n$/),
      errors: '',
    })
  })

  test('keeps what is said about results apart', async () => {
    const ran = await shell('set a 1; set b 2; getrange --limit 1; getrange x')
    expect(ran.output).toMatch(/"a" is "1"\n$/)
    expect(ran.errors).toBe('(the first 1 keys; --limit N gives more)\nno keys\n')
  })

  test('stops at the first command that fails, and says in which line', async () => {
    const ran = await shell('get a\nrollback\nset a 1\n')
    expect(ran.result).toBe('failed')
    expect(ran.errors).toBe('ERROR: line 2: there is no transaction: `begin` opens one\n')
    expect(await db.get('a')).toBeUndefined()
  })

  test('stops at the first line that does not parse', async () => {
    const ran = await shell('get a\ngte a\nset a 1\n')
    expect(ran.result).toBe('syntax')
    expect(ran.errors).toBe(
      'ERROR: line 2: there is no command "gte": did you mean get?\n  gte a\n  ^\n',
    )
    expect(await db.get('a')).toBeUndefined()
  })

  test('that ends in a transaction fails', async () => {
    const ran = await shell('begin\nset a 1')
    expect(ran.result).toBe('failed')
    expect(ran.errors).toMatch(/not committed/)
    expect(await db.get('a')).toBeUndefined()
  })

  test('ends with exit', async () => {
    const ran = await shell('get a\nexit\nget b')
    expect(ran).toMatchObject({ result: 'done', output: '"a": not found\n' })
  })

  test('given by --exec is checked whole before anything is done', async () => {
    const ran = await shell('get ignored', { exec: 'set a 1\nset b 2; gte a' })
    expect(ran).toMatchObject({ result: 'syntax', output: '' })
    expect(await db.get('a')).toBeUndefined()
    const good = await shell('get ignored', { exec: 'set a 1\nget a' })
    expect(good).toMatchObject({ result: 'done', errors: '' })
  })

  test('prints no error that a terminal obeys', async () => {
    const ran = await shell('', { exec: 'dir remove "\x1b[31mred\u009b"' })
    expect(ran).toMatchObject({ result: 'failed', output: '' })
    expect(ran.errors).toContain('\\u{1b}[31mred\\u{9b}')
    expect(ran.errors).not.toMatch(/(?![\n ])[\p{C}\p{Z}]/u)
    const syntax = await shell('', { exec: '\x1b[31m' })
    expect(syntax.errors).not.toMatch(/(?![\n ])[\p{C}\p{Z}]/u)
  })

  test('gives up on a command that takes too long', async () => {
    const environment = impatient()
    const hasty = openEmbedded({ environment })
    try {
      const ran = await shell('begin; get a', { db: hasty, timeoutMs: 500 })
      expect(ran.result).toBe('failed')
      expect(ran.errors).toMatch(
        /no answer within 0\.5 s \(--timeout waits longer\); the transaction/,
      )
    } finally {
      hasty.close()
    }
  })
})

test('a command that takes long is told about at a terminal', async () => {
  const slow = openEmbedded({ environment: impatient() })
  await using shell = new Typist(slow, {}, { warnAfterMs: 5000 })
  const notice = shell.output.nextNotice()
  expect(await shell.type('get a')).toEqual(['"a": not found'])
  expect(await notice).toBe('no answer yet (Ctrl-C ends the command)')
  slow.close()
})

/** Every timer fires at once. */
function impatient(): Environment {
  return {
    now: () => 0,
    random: () => 0.5,
    defer: (callback) => queueMicrotask(callback),
    setTimer: (_, callback) => queueMicrotask(callback),
    clearTimer: () => undefined,
  }
}

describe('lines', () => {
  const linesOf = async (chunks: (string | Buffer)[]): Promise<string[]> => {
    const lines: string[] = []
    for await (const line of readLines(Readable.from(chunks))) lines.push(line)
    return lines
  }

  test('are the same, however they come', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r\n'), maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 6 }), async (whole, cuts) => {
        const bytes = Buffer.from(whole)
        const at = [
          0,
          ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
          bytes.length,
        ]
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
        const expected = whole.split(/\r?\n/)
        if (expected.at(-1) === '') expected.pop()
        expect(await linesOf(chunks.filter((chunk) => chunk.length > 0))).toEqual(expected)
      }),
    )
  })

  test('that never end are given up', async () => {
    let read = 0
    const endless = function* () {
      for (;;) {
        read += 1
        yield 'x'.repeat(100_000)
      }
    }
    const lines: string[] = []
    for await (const line of readLines(Readable.from(endless()))) lines.push(line)
    expect(lines).toHaveLength(1)
    expect(lines[0]!.length).toBeGreaterThan(MAX_LINE)
    expect(read).toBeLessThan(60)
  })
})
