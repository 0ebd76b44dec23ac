// The shell at a terminal, which is two streams here.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { runShell } from '../../../src/cli/shell/console/run-shell.ts'
import type { ShellSettings } from '../../../src/cli/shell/console/run-shell.ts'
import { directory, tuple } from '../../../src/index.ts'
import { openTestDatabase } from '../../support/database.ts'

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const UP = '\x1b[A'
const CTRL_G = '\x07'
const CTRL_R = '\x12'
const TAB = '\t'

const db = openTestDatabase()
const base = `fdbkit-repl-${process.pid}`
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-repl-'))
beforeEach(() => db.clearRangeStartsWith(''))
afterEach(() => directory.removeIfExists(db.getRoot(), base))
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

const HOME = `cd ${`(${tuple
  .unpack(db.getPrefix())
  .map((item) => JSON.stringify(item))
  .join(', ')})`}`

/** A terminal with a shell on it. */
class Terminal {
  readonly input = new PassThrough()
  readonly output = Object.assign(new PassThrough(), { columns: 200, rows: 50 })
  readonly ended: Promise<unknown>
  #screen = ''
  #changed: () => void = () => undefined

  constructor(settings: Partial<ShellSettings> = {}) {
    this.output.on('data', (chunk: Buffer) => {
      this.#screen += stripVTControlCharacters(chunk.toString())
      this.#changed()
    })
    this.ended = runShell({
      db: db.getRoot(),
      database: 'A test.',
      writable: true,
      full: false,
      input: this.input,
      output: this.output,
      errors: this.output,
      isTerminal: true,
      exec: undefined,
      timeoutMs: 10_000,
      historyFile: undefined,
      ...settings,
    })
  }

  type(text: string): void {
    this.input.write(text)
  }

  /** Waits until this is on the screen, and takes all up to its end off it. */
  async see(text: string | RegExp): Promise<string> {
    for (;;) {
      const found = typeof text === 'string' ? this.#find(text) : text.exec(this.#screen)
      if (found !== null) {
        const end = found.index + found[0].length
        const seen = this.#screen.slice(0, end)
        this.#screen = this.#screen.slice(end)
        return seen
      }
      await new Promise<void>((resolve) => (this.#changed = resolve))
    }
  }

  #find(text: string): { index: number; 0: string } | null {
    const index = this.#screen.indexOf(text)
    return index < 0 ? null : { index, 0: text }
  }

  /** Types a line, and gives what it prints, up to the next prompt. */
  async enter(line: string): Promise<string> {
    this.type(`${line}\r`)
    await this.see(`${line}\r\n`)
    return (await this.see(/fdb[^\n]*> $/)).replace(/fdb[^\n]*> $/, '')
  }
}

async function terminal(settings: Partial<ShellSettings> = {}): Promise<Terminal> {
  const made = new Terminal(settings)
  onTestFinished(async () => {
    made.input.end()
    await made.ended
  })
  await made.see('fdb> ')
  await made.enter(HOME)
  return made
}

describe('the shell at a terminal', () => {
  test('says what it is on, and ends with Ctrl-D', async () => {
    const shell = new Terminal({ writable: false })
    const greeting = await shell.see('fdb> ')
    expect(greeting).toContain('A test.')
    expect(greeting).toContain('writes are off until `writemode on`')
    shell.type(CTRL_D)
    expect(await shell.ended).toBe('done')
  })

  test('carries out lines, and shows errors', async () => {
    const shell = await terminal()
    expect(await shell.enter('set a 1')).toMatch(/^Committed \(\d+\)\n$/)
    expect(await shell.enter('get a')).toBe('"a" is "1"\n')
    expect(await shell.enter('gte a')).toMatch(
      /^ERROR: there is no command "gte": did you mean get\?/,
    )
  })

  test('takes lines ahead of what they wait for', async () => {
    const shell = await terminal()
    shell.type('set a 1\rset a 2\rget a\rexit\r')
    await shell.see('"a" is "2"')
    expect(await shell.ended).toBe('done')
  })

  test('shows in its prompt where it is and that a transaction is open', async () => {
    const shell = await terminal()
    shell.type('cd /\r')
    await shell.see('fdb> ')
    shell.type(`dir create /${base}/x\r`)
    await shell.see('Committed')
    shell.type(`cd ${base}\r`)
    await shell.see(`fdb /${base}> `)
    shell.type('begin\r')
    await shell.see(`fdb /${base}*> `)
  })

  test('says that it drops a transaction', async () => {
    const shell = await terminal()
    await shell.enter('begin')
    await shell.enter('set a 1')
    shell.type(CTRL_D)
    await shell.see('not committed')
    await shell.ended
    expect(await db.get('a')).toBeUndefined()
  })
})

describe('the end of the input', () => {
  test('ends a wait, and the shell', async () => {
    const shell = await terminal()
    shell.type('watch a --wait\r')
    await shell.see('--wait\r\n')
    shell.input.end()
    expect(await shell.ended).toBe('done')
  })

  test('lets what was typed before it be done', async () => {
    const shell = await terminal()
    shell.type('set a 1\rset a 2\r')
    shell.input.end()
    await shell.ended
    expect(await db.get('a')).toEqual(Buffer.from('2'))
  })
})

describe('Ctrl-R', () => {
  test('finds a line typed before, and carries it out', async () => {
    const shell = await terminal()
    await shell.enter('set alpha 1')
    await shell.enter('set beta 2')
    await shell.enter('get alpha')
    shell.type(`${CTRL_R}set${CTRL_R}`)
    await shell.see("(reverse-i-search)'set': set alpha 1")
    shell.type('\r')
    await shell.see('set alpha 1')
    await shell.see('Committed')
  })

  test('gives the line to be edited, or back', async () => {
    const shell = await terminal()
    await shell.enter('set alpha 1')
    shell.type(`get ${CTRL_R}alp`)
    await shell.see("(reverse-i-search)'alp': set alpha 1")
    shell.type(CTRL_G)
    await shell.see('> get ')
    shell.type(`alpha\r`)
    await shell.see('"alpha" is "1"')
    await shell.see('> ')
    shell.type(`${CTRL_R}set\x05 --no-such-flag\r`)
    await shell.see('set has no flag --no-such-flag')
  })
})

describe('Ctrl-C', () => {
  test('ends what is under way', async () => {
    const shell = await terminal()
    shell.type('watch a --wait\r')
    await shell.see('--wait\r\n')
    shell.type(CTRL_C)
    await shell.see('ERROR: interrupted')
    await shell.see('> ')
    expect(await shell.enter('get a')).toBe('"a": not found\n')
  })

  test('clears the line that is typed', async () => {
    const shell = await terminal()
    shell.type('set a 1')
    await shell.see('set a 1')
    shell.type(CTRL_C)
    await shell.see('^C')
    await shell.see('> ')
    expect(await shell.enter('get a')).toBe('"a": not found\n')
  })

  test('on an empty line says how to leave', async () => {
    const shell = await terminal()
    shell.type(CTRL_C)
    await shell.see('(Ctrl-D leaves)')
    await shell.see('> ')
  })
})

describe('a watch', () => {
  test('fires while a line is typed, and the line stays', async () => {
    const shell = await terminal()
    await shell.enter('watch a')
    shell.type('get ')
    await shell.see('get ')
    await db.set('a', 'new')
    await shell.see('watch 1: "a" changed, and is "new" now')
    await shell.see('get ')
    shell.type('a\r')
    await shell.see('"a" is "new"')
  })
})

describe('completion', () => {
  test('completes commands, paths and keys', async () => {
    await directory.create(db.getRoot(), [base, 'users'])
    const shell = await terminal()
    await shell.enter('set (\"users\", 1) x')
    await shell.enter('getrange')
    shell.type(`get (${TAB}`)
    await shell.see('("users", 1)')
    shell.type('\r')
    await shell.see('("users", 1) is "x"')
    shell.type(`cd /${base}/u${TAB}`)
    await shell.see(`cd /${base}/users/`)
    shell.type('\r')
    await shell.see(`fdb /${base}/users> `)
    shell.type(`getv${TAB}`)
    await shell.see('getversion ')
  })
})

describe('history', () => {
  test('brings lines back, also those of earlier sessions', async () => {
    const historyFile = join(folder, 'history')
    writeFileSync(historyFile, 'get earlier\n')
    const shell = await terminal({ historyFile })
    shell.type(`${UP}${UP}`)
    await shell.see('get earlier')
    shell.type('\r')
    await shell.see('"earlier": not found')
    await shell.enter(' get secret')
    shell.type(CTRL_D)
    await shell.ended
    expect(readFileSync(historyFile, 'utf8')).toBe(`get earlier\n${HOME}\nget earlier\n`)
  })

  test('that cannot be kept is said once', async () => {
    const shell = new Terminal({ historyFile: join(folder, 'no-folder\0', 'history') })
    onTestFinished(async () => {
      shell.input.end()
      await shell.ended
    })
    await shell.see('the history is not kept')
    await shell.see('fdb> ')
    expect(await shell.enter('getversion')).toMatch(/^\d+\n$/)
  })
})
