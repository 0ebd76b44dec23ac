/** `fdbkit sim` as a program, on the embedded engine. */
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import { quickTest } from './simulate.ts'

const root = join(import.meta.dirname, '../..')
// Below the repository, so that modules find the package; with a name that a shell must be told of.
const folder = mkdtempSync(join(root, 'build', "test it's "))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

cpSync(join(import.meta.dirname, 'fixtures', 'failures.ts'), join(folder, 'failures.ts'))

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

function runProgram(program: string, args: readonly string[], env = process.env): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, env })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output, errors }))
  })
}

const main = join(root, 'dist/cli/main.js')
const sim = (...args: string[]) => runProgram(process.execPath, [main, 'sim', ...args])
const embedded = (...args: string[]) => sim(...args, '--embedded')

function testOf(name: string, workload: string, settings: readonly string[] = []): string {
  writeFileSync(
    join(folder, `${name}.toml`),
    quickTest({ module: 'failures.ts', workload, settings }),
  )
  return `${name}.toml`
}

function rowsOf(output: string): { seed: number; result: string; unseed: string }[] {
  return [...output.matchAll(/^ +(\d+) {2}(passed|FAILED) +(\d*) +\d+ s +[\d.]+ s$/gm)].map(
    ([, seed, result, unseed]) => ({
      seed: Number(seed),
      result: result as string,
      unseed: unseed as string,
    }),
  )
}

describe('fdbkit sim', () => {
  it('runs many seeds, several at a time, each twice, and ends with 0', async () => {
    const { code, output } = await embedded(
      join(root, 'workloads/noop.ts'),
      ...['--seeds', '1..4', '--jobs', '2', '--replay'],
    )
    expect(output).toMatch(/seed {2}result +unseed +simulated +real/)
    expect(
      rowsOf(output)
        .map(({ seed }) => seed)
        .sort(),
    ).toEqual([1, 2, 3, 4])
    expect(output).toMatch(/\n4 passed, 0 failed\n$/)
    expect(code).toBe(0)
  })

  it('says of a failure how it is seen again, and that does it', async () => {
    const test = testOf('it throws', 'throws')
    const { code, output } = await embedded(
      test,
      ...['--seed', '7', '--module', 'failures.ts', '--buggify', 'off'],
    )
    expect(code).toBe(1)
    expect(output).toMatch(/seed 7: /)
    expect(output).toMatch(/error: .*FdbkitWorkloadFailure.*thrown on purpose.*failures\.ts:\d+/)
    expect(output).toMatch(/trace: /)
    const command = /^ {2}again: fdbkit (.*)$/m.exec(output)?.[1] as string
    const again = await runProgram('/bin/sh', [
      '-c',
      `"$0" "$1" ${command}`,
      process.execPath,
      main,
    ])
    expect(again.code).toBe(1)
    expect(rowsOf(again.output)).toEqual(rowsOf(output))
  })

  it('tells what is wrong with a module once, with file and line, before any seed', async () => {
    const modules: Record<string, [text: string, line: number, says: RegExp]> = {
      'an-enum.ts': ['// a line\nenum Color {\n  Red,\n}\n', 2, /enum/],
      'malformed.ts': ['const x: number = 1\n\nconst y: number = = 2\n', 3, /[Ee]xpression/],
      'malformed.mjs': ['const x = 1\nconst y = = 2\n', 2, /[Ee]xpression/],
      'beside.ts': ["import './an-enum.ts'\n", 0, /an-enum\.ts:2: .*enum/],
      'alone.ts': [
        "import './nowhere.ts'\n",
        0,
        /no module .*nowhere\.ts, which .*alone\.ts imports/,
      ],
    }
    for (const [name, [text]] of Object.entries(modules)) writeFileSync(join(folder, name), text)
    for (const [name, [, line, says]] of Object.entries(modules)) {
      const { code, output, errors } = await embedded(name, '--seeds', '1..3')
      expect({ name, code, output }).toEqual({ name, code: 1, output: '' })
      expect(errors).toMatch(/^error: [^\n]*\n$/)
      expect(errors).toMatch(says)
      if (line > 0) expect(errors).toContain(`${join(folder, name)}:${line}: `)
    }
  })

  it('stops at the first failure, and after the time that a seed may take', async () => {
    const test = testOf('throws', 'throws')
    const until = await embedded(
      test,
      ...['--module', 'failures.ts', '--seeds', '1..50', '--until-failure'],
    )
    expect([until.code, rowsOf(until.output).length]).toEqual([1, 1])
    const late = await embedded(
      testOf('hangs', 'hangs'),
      ...['--module', 'failures.ts', '--timeout', '2'],
    )
    expect(late.code).toBe(1)
    expect(late.output).toMatch(/seed 1: not done after 2 real seconds/)
    expect(late.output).toMatch(/again: .* --timeout 2/)
  })

  it('keeps the traces of both runs', async () => {
    const noop = join(root, 'workloads/noop.ts')
    await embedded(noop, '--trace', 'traces', '--replay', '--seed', '3')
    const kept = (name: string) => readdirSync(join(folder, 'traces', name)).sort()
    for (const run of ['seed-3', 'seed-3-again']) {
      expect(kept(run)).toContain('output.txt')
      expect(kept(run).some((name) => /^trace\..*json$/.test(name))).toBe(true)
    }
    const texts = ['seed-3', 'seed-3-again'].map((run) =>
      readFileSync(
        join(folder, 'traces', run, kept(run).find((name) => name.startsWith('trace.')) as string),
        'utf8',
      ),
    )
    expect(texts[0]).toContain('NoopStarted')
    expect(texts[0]).toBe(texts[1])
  })

  it('goes to the embedded engine where there is no fdbserver, and says so', async () => {
    const without = (process.env['PATH'] ?? '')
      .split(delimiter)
      .filter((path) => !existsSync(join(path, 'fdbserver')))
    const env = { ...process.env, FDBKIT_FDBSERVER: '', PATH: without.join(delimiter) }
    const test = testOf('denies', 'denies')
    const args = [main, 'sim', test, '--module', 'failures.ts']
    const { code, output, errors } = await runProgram(process.execPath, args, env)
    expect(errors).toMatch(/^There is no fdbserver .*embedded engine\.$/m)
    expect(errors).toMatch(/^Without effect .*configuration\.machineCount/m)
    expect(output).toMatch(/check gave false/)
    expect(output).toMatch(/again: .*--embedded/)
    expect(code).toBe(1)
  })

  it('says which workloads of fdbserver’s own it can’t run', async () => {
    const test = testOf('mixed', 'denies')
    const text = readFileSync(join(folder, test), 'utf8')
    writeFileSync(
      join(folder, test),
      `${text}\n[[test.workload]]\ntestName = 'BackupAndRestoreCorrectness'\n`,
    )
    const { code, output } = await embedded(test, '--module', 'failures.ts')
    expect(code).toBe(1)
    expect(output).toMatch(/BackupAndRestoreCorrectness/)
    expect(output).toMatch(/only with fdbserver/)
  })

  it('ends at an interrupt with what it knows, and leaves nothing behind', async () => {
    const own = mkdtempSync(join(folder, 'tmp-'))
    const args = [main, 'sim', join(root, 'workloads/noop.ts'), '--embedded', '--seeds', '1..9999']
    const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: own } })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      // Of two rows the first was done before, and counts.
      if (rowsOf(output).length >= 2 && !child.killed) child.kill('SIGINT')
    })
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect([code, errors]).toEqual([1, 'error: interrupted: the other seeds did not run\n'])
    expect(output).toMatch(/\n\d+ passed, 0 failed\n$/)
    expect(readdirSync(own)).toEqual([])
  })

  it('finds what is missing before anything runs', async () => {
    for (const [args, says] of [
      [['nothing.ts'], /there is no file nothing\.ts/],
      [[testOf('lonely', 'denies')], /there is no workload module beside lonely\.toml/],
      [['failures.ts', '--inspect', '--seeds', '1..2'], /cannot be used with/],
      [['failures.ts', '--trace-events', 'thoughts'], /no events thoughts.*tasks, transactions/],
    ] as const) {
      const { code, errors } = await embedded(...args)
      expect([args, code]).toEqual([args, 2])
      expect(errors).toMatch(says)
    }
  })
})

describe('fdbkit sim init', () => {
  it('writes what passes and type-checks, and overwrites nothing', async () => {
    const first = await sim('init', 'counting', '--dir', 'new/folder')
    expect([first.code, first.errors]).toEqual([0, ''])
    const module = join(folder, 'new/folder/counting.ts')
    const run = await embedded('new/folder/counting.toml', '--seeds', '1..3', '--replay')
    expect([run.code, rowsOf(run.output).length]).toEqual([0, 3])

    const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
    const program = ts.createProgram([module], { ...options, noEmit: true, incremental: false })
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(module))
    expect(
      found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    ).toEqual([])

    writeFileSync(module, 'mine')
    for (const name of ['counting', '9', '../up', 'a b', '']) {
      const again = await sim('init', name, '--dir', 'new/folder')
      expect([name, again.code]).toEqual([name, 2])
    }
    expect(readFileSync(module, 'utf8')).toBe('mine')

    // In a folder that is gone meanwhile.
    const gone = await runProgram('/bin/sh', [
      '-c',
      'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" sim init counting',
      process.execPath,
      main,
    ])
    expect(gone).toEqual({
      code: 1,
      output: '',
      errors: expect.stringMatching(/^error: counting\.ts can't be written: .*\n$/) as string,
    })
    expect(readdirSync(dirname(module)).sort()).toEqual(['counting.toml', 'counting.ts'])
  })
})
