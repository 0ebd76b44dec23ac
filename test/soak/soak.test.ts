// The soak in its shortest form, by operations and not by the clock: that it finds nothing, and that it finds what is planted.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-soak-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const chart = join(folder, 'soak.svg')

function soak(...args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const program = join(packageRoot(), 'scripts', 'soak.mjs')
    const child = spawn(process.execPath, [program, '--chart', chart, ...args])
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}

/** What they must have come to at least once, so that nothing is idle. */
const ENDS: Readonly<Record<string, string[]>> = {
  'aborted transfer': ['aborted'],
  'timed transfer': ['timed out'],
  'watch that is ended': ['given up'],
  'watch that fires': ['fired'],
  'closed tenant': ['ended early'],
  'task that is cancelled': ['cancelled'],
  'worker terminated at work': ['terminated'],
  'worker that ends': ['ended'],
}

interface Kept {
  readonly samples: readonly { readonly handles: number; readonly slots: number }[]
  readonly tally: Readonly<Record<string, Readonly<Record<string, number>>>>
}

describe('the soak', { timeout: HANG_LIMIT }, () => {
  // Its seed is drawn, and printed with all else when it fails.
  test('finds nothing, and has tried each of its ends', async () => {
    const json = join(folder, 'soak.json')
    const { code, text } = await soak('--operations', '1000', '--json', json)
    expect(code, text).toBe(0)
    const { samples, tally } = JSON.parse(readFileSync(json, 'utf8')) as Kept
    expect(samples.map(({ handles, slots }) => [handles, slots])).toEqual(Array(4).fill([1, 0]))
    for (const [name, ends] of Object.entries(ENDS)) {
      expect(Object.keys(tally[name] ?? {}), `${name}\n${text}`).toEqual(
        expect.arrayContaining(ends),
      )
    }
    expect(readFileSync(chart, 'utf8')).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  })

  test.each<[plant: string, told: RegExp, patience?: string]>([
    ['handle', /nothing is under way, and there are \d+ handles, not 1/],
    ['coin', /the accounts have \d+, not 5000/],
    ['descriptor', /nothing is under way, and there are \d+ descriptors, not \d+/],
    ['silence', /: it has not settled after 10 s/, '10'],
  ])('finds a planted %s, and ends with 1', async (plant, told, patience = '600') => {
    const args = ['--operations', '240', '--seed', '2', '--plant', plant, '--patience', patience]
    const { code, text } = await soak(...args)
    expect(text).toMatch(told)
    expect(code).toBe(1)
  })

  test('refuses what it does not understand', async () => {
    for (const args of [
      ['--seed', 'x'],
      ['--minutes', '0'],
      ['--operations', '1.5'],
      ['--plant', 'no'],
    ]) {
      const { code, text } = await soak(...args)
      expect(text).toContain(`${args[0]} is`)
      expect(code).toBe(2)
    }
  })
})
