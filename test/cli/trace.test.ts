import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseSimulatorTrace, parseTrace, timelineOf } from '../../src/tracing/index.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fdbkit(...args: string[]) {
  const main = join(root, 'dist', 'cli', 'main.js')
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr, ...(signal === null ? undefined : { signal }) }
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
    expect(run.stderr).toMatch(/^\d+ events: out\.jsonl, out\.html\n$/)
    const { events } = parseTrace(readFileSync(join(folder, 'out.jsonl'), 'utf8'))
    expect(events.some((event) => event.type === 'spawn' && event.name === 'reader')).toBe(true)
    expect(events.some((event) => event.type === 'callback')).toBe(true)
    const page = readFileSync(join(folder, 'out.html'), 'utf8')
    expect(page).toContain('<canvas')
    expect(fdbkit('trace', 'view', 'out.jsonl')).toEqual({
      status: 0,
      stdout: 'out.html\n',
      stderr: '',
    })
    expect(readFileSync(join(folder, 'out.html'), 'utf8')).toBe(page)
    const other = fdbkit('trace', 'view', 'out.jsonl', '-o', 'other.html')
    expect(other.stdout).toBe('other.html\n')
  })

  it('run takes TypeScript, and what that imports', () => {
    writeFileSync(join(folder, 'names.mts'), 'export const name: string = "greeting"\n')
    const file = join(folder, 'typed.ts')
    const dist = JSON.stringify(join(root, 'dist', 'index.js'))
    writeFileSync(
      file,
      `import { openEmbedded, type Database } from ${dist}
       import { name } from './names.mts'
       const db: Database = openEmbedded()
       await db.doTransaction(async (tn) => tn.set('key', 'value'), { name })
       db.close()`,
    )
    const run = fdbkit('trace', 'run', file)
    expect(run.stderr.replace(/ExperimentalWarning[^]*?\n.*\n/, '')).toMatch(
      /^\d+ events: trace\.jsonl, trace\.html\n$/,
    )
    const { events } = parseTrace(readFileSync(join(folder, 'trace.jsonl'), 'utf8'))
    expect(events.filter(({ type }) => type === 'run')).toMatchObject([{ name: 'greeting' }])
  })

  it('run leaves the trace that was alone, when a program fails before anything is recorded', () => {
    const program = writeProgram('earlier.mjs', '')
    expect(fdbkit('trace', 'run', program, '-o', 'kept.jsonl').status).toBe(0)
    const before = readFileSync(join(folder, 'kept.jsonl'), 'utf8')
    for (const [name, text] of [
      ['malformed.mjs', 'this is no program'],
      ['malformed.ts', 'const a: = 1'],
      ['missing.mjs', 'import "./nowhere.mjs"'],
    ] as const) {
      writeFileSync(join(folder, name), text)
      const failed = fdbkit('trace', 'run', join(folder, name), '-o', 'kept.jsonl')
      expect(failed.status, name).toBe(1)
      expect(failed.stderr).toContain('nothing was recorded: kept.jsonl stays as it was')
    }
    expect(readFileSync(join(folder, 'kept.jsonl'), 'utf8')).toBe(before)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'run writes the trace when %s ends the program',
    (signal) => {
      const program = writeProgram(
        `${signal}.mjs`,
        `process.kill(process.pid, '${signal}'); await new Promise((done) => setTimeout(done, 1e6))`,
      )
      const run = fdbkit('trace', 'run', program, '-o', `${signal}.jsonl`)
      expect(run).toMatchObject({ status: null, signal })
      expect(parseTrace(readFileSync(join(folder, `${signal}.jsonl`), 'utf8')).events).not.toEqual(
        [],
      )
    },
  )

  it('run leaves a signal to a program that has a handler for it', () => {
    const program = writeProgram(
      'handles.mjs',
      `process.once('SIGTERM', () => process.exit(9)); process.kill(process.pid, 'SIGTERM')
       await new Promise((done) => setTimeout(done, 1e6))`,
    )
    expect(fdbkit('trace', 'run', program, '-o', 'handled.jsonl')).toMatchObject({ status: 9 })
    expect(parseTrace(readFileSync(join(folder, 'handled.jsonl'), 'utf8')).events).not.toEqual([])
  })

  it('run leaves keys out, or has those of conflicts reported, when asked', () => {
    const program = writeProgram('keys.mjs', '')
    expect(fdbkit('trace', 'run', program, '-o', 'no-keys.jsonl', '--keys', 'none').status).toBe(0)
    expect(readFileSync(join(folder, 'no-keys.jsonl'), 'utf8')).not.toContain("'name'")
    const conflicting = writeProgram(
      'conflicting.mjs',
      `const again = openEmbedded()
       await again.doTransaction(async (tn, { number }) => {
         await tn.get('contended')
         if (number === 1) await again.set('contended', 'other')
         tn.set('contended', 'mine')
       })
       again.close()`,
    )
    for (const [flags, keys] of [
      [[], []],
      [['--conflicts'], ["'contended'"]],
    ]) {
      const run = fdbkit(
        'trace',
        'run',
        conflicting,
        '-o',
        'conflicts.jsonl',
        ...(flags as string[]),
      )
      expect(run.status).toBe(0)
      const { events } = parseTrace(readFileSync(join(folder, 'conflicts.jsonl'), 'utf8'))
      const conflicts = events.filter(({ type }) => type === 'conflict')
      expect(conflicts.map(({ key }) => key)).toEqual(keys)
    }
  })

  it('view takes the trace of a simulation, with the events of its simulator', () => {
    const workload = join(folder, 'workload.ts')
    const entry = JSON.stringify(join(root, 'dist', 'simulation', 'index.js'))
    writeFileSync(
      workload,
      `import { defineWorkload } from ${entry}
       export default defineWorkload({
         async start(db, ctx) {
           await db.doTransaction(async (tn) => { await tn.get('key'); tn.set('key', 'value') }, { name: 'simulated' })
           ctx.trace('warn', 'SomethingOdd', { Count: 5 })
         },
       })`,
    )
    const sim = fdbkit(
      'sim',
      workload,
      '--embedded',
      '--seed',
      '1',
      '--trace',
      'traces',
      '--trace-events',
      'tasks',
    )
    expect(sim.status, sim.stdout + sim.stderr).toBe(0)
    const file = join('traces', 'seed-1', 'trace.embedded.1.json')
    const trace = parseSimulatorTrace(readFileSync(join(folder, file), 'utf8'))
    const { runs, marks } = timelineOf(trace)
    expect(runs.length).toBeGreaterThan(0)
    for (const { name, outcome, attempts } of runs) {
      expect({ name, outcome }).toEqual({ name: 'simulated', outcome: 'committed' })
      expect(attempts.at(-1)?.writes).toMatchObject([{ operation: 'set', key: "'key'" }])
    }
    expect(marks.filter(({ name }) => name === 'SomethingOdd')).toMatchObject(
      runs.map(() => ({ severity: 20, text: 'Count=5' })),
    )
    const view = fdbkit('trace', 'view', file, '-o', 'simulated.html')
    expect(view).toMatchObject({ status: 0, stdout: 'simulated.html\n' })
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
