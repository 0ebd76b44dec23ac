import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import type { SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import { compare, describe as describeSeed, runSeeds } from '../../src/cli/sim/seeds/run-seeds.ts'
import { Pace } from '../../src/cli/sim/seeds/pace.ts'
import { startSeedProgress } from '../../src/cli/sim/seeds/seed-progress.ts'
import { readTestFile } from '../../src/cli/sim/run/test-file.ts'
import { readEvents } from '../../src/cli/sim/events/trace-events.ts'
import { defineWorkload } from '../../src/simulation/index.ts'
import { parseOption } from '../../src/simulation/author/option-values.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function resultOf(seed: number, changes: Partial<SeedResult> = {}): SeedResult {
  const { passed = true, problem = '' } = changes
  const base = { seed, passed, problem, unseed: '1', simulatedSeconds: 1, realSeconds: 1 }
  return { ...base, errors: [], events: [], oracle: [], output: [], ...changes }
}

describe('options of a workload', () => {
  it('come back as what they were, by the type of their default', () => {
    const plain = fc.oneof(fc.integer(), fc.bigInt(), fc.boolean(), fc.string())
    fc.assert(
      fc.property(plain, (value) => {
        expect(parseOption('x', String(value), value)).toBe(value)
      }),
    )
  })

  it('of another type are refused by name', () => {
    for (const [text, fallback] of [
      ['', 1],
      ['12x', 1],
      ['1.5', 1n],
      ['yes', true],
    ] as const) {
      expect(() => parseOption('count', text, fallback)).toThrow(/option count of the workload is/)
    }
  })
})

describe('many seeds', () => {
  it('are all run, once or twice, whatever the number of lanes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        fc.uniqueArray(fc.integer({ min: 0, max: 29 })),
        async (count, jobs, replay, bad) => {
          const runs = new Map<number, number>()
          let most = 0
          let running = 0
          const run = async (seed: number): Promise<SeedResult> => {
            most = Math.max(most, ++running)
            runs.set(seed, (runs.get(seed) ?? 0) + 1)
            await Promise.resolve()
            running--
            return resultOf(seed, { passed: !bad.includes(seed) })
          }
          const seeds = { first: 0, last: count - 1, jobs, replay, untilFailure: false }
          const report = await runSeeds(seeds, run, () => undefined)
          const failed = bad.filter((seed) => seed < count).sort((a, b) => a - b)
          expect(report.failed.map(({ seed }) => seed)).toEqual(failed)
          expect(report.passed).toBe(count - failed.length)
          expect([...runs.keys()].sort((a, b) => a - b)).toEqual([...Array(count).keys()])
          expect([...runs.values()].every((times) => times === (replay ? 2 : 1))).toBe(true)
          expect(most).toBeLessThanOrEqual(jobs)
        },
      ),
    )
  })

  it('stop at the first failure when asked to', async () => {
    const run = (seed: number) => Promise.resolve(resultOf(seed, { passed: seed !== 3 }))
    const seeds = { first: 1, last: 100, jobs: 1, replay: false, untilFailure: true }
    const report = await runSeeds(seeds, run, () => undefined)
    expect([report.passed, report.failed.length]).toEqual([2, 1])
  })

  it('that differ between two runs fail, and say where', () => {
    const one = resultOf(1, { events: ['a', 'b'] })
    expect(compare(one, one).passed).toBe(true)
    expect(compare(one, { ...one, unseed: '2' }).problem).toMatch(/unseed 1, then 2/)
    expect(compare(one, { ...one, events: ['a', 'c'] }).problem).toMatch(/event 2 is b, then c/)
    expect(compare(one, { ...one, events: ['a'] }).problem).toMatch(/event 2 is b, then none/)
    const text = describeSeed(
      resultOf(9, { problem: 'why', errors: ['e'] }),
      'fdbkit sim x --seed 9',
    )
    expect(text).toMatch(/seed 9: why\n {2}again: fdbkit sim x --seed 9\n {2}error: e/)
  })
})

describe('the table of results', () => {
  it('has a line for each seed, also above the bar of a terminal', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        (tty, all) => {
          let written = ''
          const stream = {
            isTTY: tty,
            columns: 100,
            write: (text: string) => ((written += text), true),
          } as unknown as NodeJS.WriteStream
          const progress = startSeedProgress(all.length, new Pace(() => 0), stream)
          all.forEach((passed, seed) => progress.done(resultOf(seed, { passed })))
          progress.end()
          expect(written).toMatch(/seed {2}result/)
          const count = (word: string): number => written.split(`  ${word} `).length - 1
          expect(count('passed')).toBe(all.filter((passed) => passed).length)
          // Nothing is known before the first seed has ended.
          expect(written).not.toMatch(/\b0*s left|NULL|INF/)
          expect(count('FAILED')).toBe(all.filter((passed) => !passed).length)
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('a definition of a workload', () => {
  it('that is wrong is refused where it stands, by name', () => {
    for (const [definition, says] of [
      [5, /takes an object, not 5/],
      [
        { strat: () => undefined },
        /strat is no option of defineWorkload, which takes options, setup, start/,
      ],
      [{ start: 'now' }, /start of a workload is a function, not string/],
      [{ options: 7 }, /options of a workload are an object/],
      [{ options: { count: [1] } }, /option count is a number, bigint, boolean or string/],
      [{ checkTimeout: 0 }, /checkTimeout is simulated seconds above 0, not 0/],
    ] as const) {
      expect(() => defineWorkload(definition as never)).toThrow(TypeError)
      expect(() => defineWorkload(definition as never)).toThrow(says)
    }
  })
})

describe('trace files', () => {
  it('are read in the order of their numbers, up to half a line', () => {
    const line = (time: string, more: object): string =>
      JSON.stringify({ Severity: '10', Time: time, Type: 'T', DateTime: time, ...more })
        .replaceAll('":', '": ')
        .replaceAll(',', ', ')
    writeFileSync(join(folder, 'trace.x.10.json'), `${line('2', { WorkloadClient: '0' })}\n{"Sev`)
    writeFileSync(
      join(folder, 'trace.x.9.json'),
      [
        line('1', { WorkloadClient: '0', A: 'b' }),
        line('1', { NotOurs: '1' }),
        line('1', { Severity: '40' }),
      ].join('\n'),
    )
    const { errors, workloads } = readEvents(folder)
    expect(workloads).toEqual(['1 T A=b', '2 T'])
    expect(errors.length).toBe(1)
  })
})

describe('test files', () => {
  it('are made for a module, and find the module beside them', () => {
    const module = join(folder, 'work.ts')
    const toml = join(folder, 'work.toml')
    writeFileSync(module, '')
    const text = "[[test]]\n[[test.workload]]\ntestName = 'Cycle'\n"
    writeFileSync(toml, text)
    const made = readTestFile(module, undefined, 'named')
    expect(made.module).toBe(module)
    expect(made.text).toContain("workloadName = 'named'")
    // The length of an option changes a simulation: nothing of this machine may be in it.
    expect(made.text).not.toContain(folder)
    const read = { text, module, onlyFdbserver: [], isOnlyOurs: false }
    expect(readTestFile(toml, undefined, 'default')).toEqual(read)
  })

  it('and arguments that are wrong end with code 2', async () => {
    writeFileSync(join(folder, 'alone.toml'), '')
    writeFileSync(join(folder, 'other.txt'), '')
    const module = join(folder, 'work.ts')
    for (const args of [
      [],
      [join(folder, 'none.ts')],
      [join(folder, 'alone.toml')],
      [join(folder, 'other.txt')],
      [module, '--seed', 'x'],
      [module, '--seeds', '5..1'],
      [module, '--jobs', '0'],
      [module, '--buggify', 'maybe'],
    ]) {
      expect([args, await runCli(['sim', ...args])]).toEqual([args, 2])
    }
    expect(await runCli(['sim', module, '--fdbserver', join(folder, 'none')])).toBe(1)
  })
})
