/** docs/guide/simulation.md finds the bug that it says, and its mended workload passes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { findingsOf, parseSimulatorTrace, timelineOf } from '../../src/tracing/index.ts'
import { allExamples } from './examples.ts'

const PAGE = 'docs/guide/simulation.md'

const [broken, mended, ...others] = allExamples().filter(({ file }) => file === PAGE)

let folder: string
beforeAll(() => {
  // Within the package, so that it finds itself by its name.
  folder = mkdtempSync(join(packageRoot(), 'build', 'guide-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function simulate(code: string, ...args: string[]): { status: number | null; output: string } {
  const module = join(folder, 'tickets.ts')
  writeFileSync(module, code)
  const command = join(packageRoot(), 'dist', 'cli', 'main.js')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'sim', module, '--embedded', ...args],
    { encoding: 'utf8' },
  )
  return { status, output: stdout + stderr }
}

test('the page has two workloads', () => {
  expect(others).toEqual([])
})

test('the first one sells a ticket twice, under a seed that is found soon', () => {
  const { status, output } = simulate(broken!.code, '--seeds', '1..20', '--until-failure')
  expect(status, output).toBe(1)
  const seed = /again: fdbkit sim .*tickets\.ts --seed (\d+) --embedded/.exec(output)?.[1]
  expect(output).toMatch(/Reason=Error: \d+ are left, and should be \d+/)

  // "Finding the cause": the trace of that seed has it.
  const traces = join(folder, 'traces')
  const again = ['--seed', String(seed), '--trace', traces, '--trace-events', 'tasks']
  expect(simulate(broken!.code, ...again).status).toBe(1)
  const file = join(traces, `seed-${seed}`, 'trace.embedded.1.json')
  const { retries } = findingsOf(timelineOf(parseSimulatorTrace(readFileSync(file, 'utf8'))))
  expect(retries.map(({ error }) => error)).toContain('commit_unknown_result (1021)')
})

test('the second one passes', () => {
  const { status, output } = simulate(mended!.code, '--seeds', '1..8')
  expect(output).toContain('8 passed, 0 failed')
  expect(status).toBe(0)
})
