/** The programs of docs/tracing.md, under the tracer: their traces say what the page is said to say. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findingsOf, parseTrace, timelineOf } from '../../src/tracing/index.ts'
import type { Findings, RunLane } from '../../src/tracing/index.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-example-'))
afterAll(() => rmSync(folder, { recursive: true }))

const BUYERS = 10

/** The program whose first line names it. */
function programOf(name: string): string {
  const page = readFileSync(join(root, 'docs', 'tracing.md'), 'utf8')
  const block = page.split('```ts\n').find((part) => part.startsWith(`// ${name}\n`))
  if (block === undefined) throw new Error(`docs/tracing.md has no ${name}`)
  const code = block.slice(0, block.indexOf('```'))
  return code.replaceAll("'fdbkit'", JSON.stringify(join(root, 'dist', 'index.js')))
}

interface Traced extends Findings {
  readonly runs: readonly RunLane[]
}

function trace(name: string): Traced {
  writeFileSync(join(folder, name), programOf(name))
  const main = join(root, 'dist', 'cli', 'main.js')
  const run = spawnSync(process.execPath, [main, 'trace', 'run', '--conflicts', name], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(run.status, run.stderr).toBe(0)
  const file = readFileSync(join(folder, 'trace.jsonl'), 'utf8')
  const timeline = timelineOf(parseTrace(file))
  return { ...findingsOf(timeline), runs: timeline.runs }
}

describe('the example of docs/tracing.md', () => {
  let slow: Traced
  let mended: Traced

  beforeAll(() => {
    slow = trace('tickets.ts')
    mended = trace('tickets-mended.ts')
  })

  it('waits to try again, and that is what makes it slow', () => {
    const sells = slow.slowRuns.filter(({ name }) => name === 'sell')
    const slowest = sells[0]
    expect(slowest?.attempts).toBeGreaterThan(1)
    expect(slowest?.backoff).toBeGreaterThan(0)
    const [retry] = slow.retries
    expect(retry).toMatchObject({ name: 'sell', error: 'not_committed (1020)', gaveUp: 0 })
    expect(retry?.times).toBeGreaterThan(0)
  })

  it('conflicts with one key, and with no other', () => {
    expect(slow.conflicts.map(({ what, runs }) => [what, runs])).toEqual([
      ["'shop/' ('left')", ['sell']],
    ])
  })

  it('does neither once it is mended', () => {
    const sells = mended.runs.filter(({ name }) => name === 'sell')
    expect(sells.map(({ attempts }) => attempts.length)).toEqual(Array(BUYERS).fill(1))
    expect(mended.conflicts).toEqual([])
    expect(mended.retries).toEqual([])
    expect(mended.leaks).toEqual([])
  })
})
