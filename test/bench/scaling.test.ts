// How cost grows: that the laws are fitted as they say, and that everything they are fitted to runs.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LAWS, fit, predicted } from '../../bench/harness/scaling-laws.ts'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const constant = fc.double({ min: 0.001, max: 1000, noNaN: true })
const exactly = (length: number) => ({ minLength: length, maxLength: length })

describe.each(LAWS)('$title', (law) => {
  test('is found again in costs that follow it', () => {
    fc.assert(
      fc.property(fc.array(constant, exactly(law.terms.length)), (all) => {
        const costs = new Map(law.points.map((n) => [n, predicted(law, all, n)]))
        const constants = fit(law, costs)
        for (const n of law.points) {
          const cost = costs.get(n) as number
          expect(Math.abs(predicted(law, constants, n) - cost)).toBeLessThanOrEqual(1e-6 * cost)
        }
      }),
    )
  })

  test('is fitted to as many of its points as it has constants, and says others', () => {
    expect(law.fittedTo).toHaveLength(law.terms.length)
    expect(law.points).toEqual(expect.arrayContaining([...law.fittedTo]))
    expect(law.points.length).toBeGreaterThan(law.fittedTo.length)
  })
})

test('all of it runs, and the page has a place for it', () => {
  const program = join(packageRoot(), 'scripts', 'bench.mjs')
  const run = spawnSync(process.execPath, [program, 'scaling', '--small'], { encoding: 'utf8' })
  expect(run.status, run.stderr).toBe(0)
  const page = readFileSync(join(packageRoot(), 'docs', 'scaling.md'), 'utf8')
  for (const { title } of LAWS) expect(run.stdout).toContain(`### ${title}`)
  expect(page).toContain('<!-- figures -->')
  expect(page).toContain('<!-- end of figures -->')
})
