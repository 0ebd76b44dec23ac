import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseTrace } from '../../src/tracing/index.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fdbkit(...args: string[]) {
  const main = join(root, 'dist', 'cli', 'main.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** A program that reads through a generator task and through promises. */
function writeProgram(name: string, end: string): string {
  const file = join(folder, name)
  const dist = JSON.stringify(join(root, 'dist'))
  const text = `
    const { openEmbedded } = await import(${dist} + '/index.js')
    const { fdbSpawn } = await import(${dist} + '/task/index.js')
    const db = openEmbedded()
    await db.set('name', process.argv[2] ?? 'nobody')
    const name = await db.doTransaction(async (tn) =>
      await fdbSpawn(function* reader() { return yield* tn.get('name') }))
    console.log('hello ' + name)
    db.close()
    ${end}
  `
  writeFileSync(file, text)
  return file
}

describe('fdbkit trace', () => {
  it('demo prints the three listings and nothing else', () => {
    const { status, stdout, stderr } = fdbkit('trace', 'demo')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const parts = stdout.trimEnd().split('\n\n')
    expect(parts.map((part) => part.split('\n').length)).toEqual([9, 11, 8])
    expect(stdout.endsWith('DROPPED // FDBWaker::drop\n')).toBe(true)
  })

  it('run writes the trace of a program, and view makes a page of it', () => {
    const program = writeProgram('program.mjs', '')
    const run = fdbkit('trace', 'run', program, '-o', 'out.jsonl', '--', 'Ada')
    expect(run).toMatchObject({ status: 0, stdout: 'hello Ada\n' })
    expect(run.stderr).toMatch(/^\d+ events: out\.jsonl\n$/)
    const { events } = parseTrace(readFileSync(join(folder, 'out.jsonl'), 'utf8'))
    expect(events.some((event) => event.type === 'spawn' && event.name === 'reader')).toBe(true)
    expect(events.some((event) => event.type === 'callback')).toBe(true)
    const view = fdbkit('trace', 'view', 'out.jsonl')
    expect(view).toEqual({ status: 0, stdout: 'out.jsonl.html\n', stderr: '' })
    expect(readFileSync(join(folder, 'out.jsonl.html'), 'utf8')).toContain('<canvas')
  })

  it('run writes the trace of a program that fails or exits, too, with its exit code', () => {
    const failing = writeProgram('failing.mjs', "throw new Error('the program failed')")
    const failed = fdbkit('trace', 'run', failing, '-o', 'failed.jsonl')
    expect(failed.status).toBe(1)
    expect(failed.stderr).toContain('the program failed')
    const exiting = writeProgram('exiting.mjs', 'process.exit(7)')
    expect(fdbkit('trace', 'run', exiting, '--chrome', '-o', 'exited.json').status).toBe(7)
    expect(parseTrace(readFileSync(join(folder, 'failed.jsonl'), 'utf8')).events).not.toEqual([])
    const chrome = JSON.parse(readFileSync(join(folder, 'exited.json'), 'utf8')) as object
    expect(chrome).toHaveProperty('traceEvents')
  })

  it('says what is wrong with a path or a file', () => {
    expect(fdbkit('trace', 'run', 'nowhere.mjs')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no program nowhere.mjs'),
    })
    const program = writeProgram('other.mjs', '')
    expect(fdbkit('trace', 'run', program, '-o', 'no/such/folder.jsonl')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no folder no/such'),
    })
    expect(fdbkit('trace', 'run', program, '--limit', '0').status).toBe(2)
    expect(fdbkit('trace', 'view', 'nowhere.jsonl')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no trace nowhere.jsonl'),
    })
    expect(fdbkit('trace', 'view', program)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*other\.mjs: line 1: not JSON/),
    })
    expect(fdbkit('trace').status).toBe(2)
  })
})
