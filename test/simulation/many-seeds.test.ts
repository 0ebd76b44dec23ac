/** Many seeds: which are run, under which faults, and how their results are told to programs. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterAll, describe, expect, it } from 'vitest'
import { annotationsOf } from '../../src/cli/sim/report/annotations.ts'
import { junitOf, type ToldFailure } from '../../src/cli/sim/report/junit.ts'
import type { SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import type { Simulation } from '../../src/cli/sim/run/simulator.ts'
import { readTestFile } from '../../src/cli/sim/run/test-file.ts'
import { planOf } from '../../src/cli/sim/run/test-spec.ts'
import { FailuresFile } from '../../src/cli/sim/seeds/failures-file.ts'
import { HIGHEST_SEED } from '../../src/cli/sim/seeds/highest-seed.ts'
import { Pace } from '../../src/cli/sim/seeds/pace.ts'
import { runSeeds } from '../../src/cli/sim/seeds/run-seeds.ts'
import {
  checkWithout,
  drawFaults,
  ENGINE_FAULTS,
  faultNames,
  withFaults,
} from '../../src/cli/sim/seeds/swarm.ts'
import { simulatorPath } from '../../src/native/library/engine-path.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const root = join(import.meta.dirname, '../..')
const bank = readTestFile(join(root, 'workloads/bank.ts'), undefined, 'default')
const onEngine = { fdbserver: undefined, test: bank }

function resultOf(seed: number, changes: Partial<SeedResult> = {}): SeedResult {
  const base = { seed, passed: true, problem: '', unseed: '1', simulatedSeconds: 1, realSeconds: 1 }
  return { ...base, errors: [], events: [], oracle: [], output: [], ...changes }
}

const seed = fc.integer({ min: 0, max: HIGHEST_SEED })

describe('seeds', () => {
  it('that have failed run first, and each runs once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 40 })),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 10 }),
        async (known, first, more) => {
          const ran: number[] = []
          const last = first + more
          await runSeeds(
            { known, first, last, jobs: 1, replay: false, untilFailure: false },
            (seed) => (ran.push(seed), Promise.resolve(resultOf(seed))),
            () => undefined,
          )
          const others = Array.from({ length: more + 1 }, (_, i) => first + i)
          expect(ran).toEqual([...known, ...others.filter((seed) => !known.includes(seed))])
        },
      ),
    )
  })

  it('are begun as long as there is time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 20_000 }),
        async (lengths, budget) => {
          let time = 100
          const pace = new Pace(() => time, budget)
          const report = await runSeeds(
            {
              ...{
                first: 0,
                last: lengths.length - 1,
                jobs: 1,
                replay: false,
                untilFailure: false,
              },
              isOver: () => pace.isOver,
            },
            (seed) => {
              time += lengths[seed] as number
              return Promise.resolve(resultOf(seed))
            },
            () => pace.count(),
          )
          const begins = lengths.map((_, at) => lengths.slice(0, at).reduce((a, b) => a + b, 0))
          expect(report.passed).toBe(begins.filter((begin) => begin < budget).length)
          expect(pace.perMinute).toBeCloseTo((report.passed * 60_000) / (time - 100))
        },
      ),
    )
  })
})

describe('a file of failures', () => {
  it('keeps each seed once, in their order, whoever reads it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(seed, fc.string())), (failures) => {
        const path = join(mkdtempSync(join(folder, 'failures-')), 'seeds')
        let file = new FailuresFile(path)
        for (const [at, [seed, problem]] of failures.entries()) {
          if (at % 3 === 2) file = new FailuresFile(path)
          expect(file.add(seed, problem)).toBe(true)
        }
        const once = [...new Set(failures.map(([seed]) => seed))]
        expect(file.seeds).toEqual(once)
        expect(new FailuresFile(path).seeds).toEqual(once)
      }),
    )
  })

  it('may be written by hand, and what is no seed is refused by its line', () => {
    const path = join(folder, 'by-hand')
    writeFileSync(path, '# flaky since May\n\n  12  # a conflict\n7\n12\n')
    expect(new FailuresFile(path).seeds).toEqual([12, 7])
    for (const wrong of ['seed 5', '-1', '1.5', '4294967296']) {
      writeFileSync(path, `1\n${wrong}\n`)
      expect(() => new FailuresFile(path)).toThrow(`${path}:2: a line is a seed, from 0 to`)
    }
  })

  it('is not longer than somebody looks through', () => {
    const path = join(folder, 'full')
    writeFileSync(path, Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(''))
    const file = new FailuresFile(path)
    expect(file.add(5, 'again')).toBe(true)
    expect(file.add(10_000, 'one more')).toBe(false)
    writeFileSync(path, '10000\n', { flag: 'a' })
    expect(() => new FailuresFile(path)).toThrow('10000 at most')
  })
})

describe('a swarm', () => {
  const all = { buggify: true, without: [] }
  const names = faultNames(onEngine)

  it('knows the kinds of faults that the engine has', () => {
    const { stderr } = spawnSync(simulatorPath(), ['--fault', 'none=1'], { encoding: 'utf8' })
    for (const name of ENGINE_FAULTS) expect(stderr).toContain(name)
    expect(names).toEqual(['RandomClogging', 'Rollback', 'Attrition', ...ENGINE_FAULTS])
  })

  it('draws the same for the same seed, and leaves out what was left out before', () => {
    fc.assert(
      fc.property(seed, fc.subarray(names), fc.boolean(), (seed, without, buggify) => {
        const drawn = drawFaults(seed, { buggify, without }, names)
        expect(drawFaults(seed, { buggify, without }, names)).toEqual(drawn)
        expect(drawn.without.filter((name) => without.includes(name)).sort()).toEqual(
          [...without].sort(),
        )
        expect(new Set(drawn.without).size).toBe(drawn.without.length)
        expect(drawn.without.every((name) => names.includes(name))).toBe(true)
        if (!buggify) expect(drawn.buggify).toBe(false)
      }),
    )
  })

  it('has each fault in some seeds and not in others, in every pair', () => {
    const draws = Array.from({ length: 200 }, (_, seed) => drawFaults(seed, all, names))
    expect(new Set(draws.map(({ buggify }) => buggify)).size).toBe(2)
    const isWithout = (at: number, name: string) => draws[at]!.without.includes(name)
    for (const one of names) {
      for (const other of names) {
        const seen = new Set(draws.map((_, at) => `${isWithout(at, one)} ${isWithout(at, other)}`))
        expect(seen.size).toBe(one === other ? 2 : 4)
      }
    }
  })

  it('takes workloads out of the test, and sets kinds of the engine to never', () => {
    const options: Simulation = { ...onEngine, seed: 1, buggify: true }
    const less = withFaults(options, { buggify: false, without: ['Attrition', 'commitLost'] })
    const testNames = planOf(less.test.text, 'test').tests.flatMap(({ workloads }) =>
      workloads.map(({ testName }) => testName),
    )
    expect(testNames).toEqual(['External', 'RandomClogging', 'Rollback'])
    expect(less.faults).toEqual({ commitLost: 0 })
    expect(less.buggify).toBe(false)
    expect(withFaults(options, { buggify: true, without: [] })).toEqual({
      ...options,
      faults: undefined,
    })
  })

  it('refuses faults that are not there, and says which are', () => {
    const onServer = { fdbserver: '/fdbserver', test: bank }
    expect(() => checkWithout(['Attrition', 'commitLost'], onEngine)).not.toThrow()
    expect(() => checkWithout(['commitLost'], onServer)).toThrow(
      'there are no faults commitLost here to go without, only RandomClogging, Rollback, Attrition',
    )
  })
})

const toldFailure = fc.record({ seed, problem: fc.string(), text: fc.string() })
const failureOf = ({ seed, problem, text }: { seed: number; problem: string; text: string }) => ({
  result: resultOf(seed, { passed: false, problem }),
  text,
})

describe('results for a build server', () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    isArray: (name) => name === 'testcase',
  })

  it('are XML with a test for each seed, whatever is in their texts', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uniqueArray(seed, { maxLength: 5 }),
        fc.array(toldFailure, { maxLength: 5 }),
        (name, passed, failures) => {
          const failed: ToldFailure[] = failures.map(failureOf)
          const ok = passed.map((seed) => ({ seed, realSeconds: 0.25 }))
          const xml = junitOf(name, ok, failed)
          expect(XMLValidator.validate(xml)).toBe(true)
          const { testsuites } = parser.parse(xml) as {
            testsuites: {
              testsuite: {
                '@_tests': string
                '@_failures': string
                testcase?: { failure?: unknown; '@_name': string }[]
              }
            }
          }
          const { testcase = [], ...suite } = testsuites.testsuite
          expect(suite['@_tests']).toBe(String(ok.length + failed.length))
          expect(suite['@_failures']).toBe(String(failed.length))
          const seeds = [...passed, ...failures.map((failure) => failure.seed)]
          expect(testcase.map((test) => test['@_name'])).toEqual(
            seeds.sort((a, b) => a - b).map((seed) => `seed ${seed}`),
          )
          expect(testcase.filter((test) => test.failure !== undefined).length).toBe(failed.length)
        },
      ),
    )
  })

  it('have the reason and the text of a failure', () => {
    const xml = junitOf(
      'a & b.ts',
      [],
      [failureOf({ seed: 7, problem: '1 < "2"', text: 'a\n  b > c' })],
    )
    const failure = { '@_message': '1 < "2"', '#text': 'a\n  b > c' }
    expect(parser.parse(xml)).toMatchObject({
      testsuites: { testsuite: { testcase: [{ failure }] } },
    })
  })

  it('are annotations of a line each on GitHub, ten at most', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(toldFailure, { maxLength: 15 }), (file, failures) => {
        const lines = annotationsOf(file, failures.map(failureOf))
        expect(lines.length).toBe(Math.min(10, failures.length))
        for (const [at, line] of lines.entries()) {
          const { seed, text } = failures[at]!
          const [, properties = '', data = ''] = /^::error (.*?)::([^\r\n]*)$/.exec(line) ?? []
          const [path = '', title = ''] = properties.split(',')
          expect(decoded(path)).toBe(`file=${file}`)
          expect(decoded(title)).toBe(`title=seed ${seed} of ${file}`)
          expect(decoded(data)).toBe(text)
        }
      }),
    )
  })
})

function decoded(text: string): string {
  return text
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%25', '%')
}

describe('fdbkit sim', () => {
  const main = join(root, 'dist/cli/main.js')
  // Below the repository, so that the module finds the package.
  const below = mkdtempSync(join(root, 'build', 'test-seeds-'))
  afterAll(() => rmSync(below, { recursive: true, force: true }))
  writeFileSync(
    join(below, 'odd.ts'),
    `import { defineWorkload } from 'fdbkit/simulation'
export default defineWorkload({
  async start(db) { await db.set('key', 'value') },
  check: (db, ctx) => ctx.clientId > 0 || ctx.sharedRandomNumber % 2 === 0,
})
`,
  )
  const sim = (env: Readonly<Record<string, string>>, ...args: string[]) =>
    spawnSync(process.execPath, [main, 'sim', 'odd.ts', '--embedded', ...args], {
      cwd: below,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    })
  const rowsOf = (output: string) =>
    [...output.matchAll(/^ +(\d+) {2}(passed|FAILED) +(\d+) /gm)].map(
      ([, seed, result, unseed]) => ({
        seed: Number(seed),
        result,
        unseed,
      }),
    )

  it('keeps what failed, runs it first, tells it to build servers, and shows it again by its faults', () => {
    const files = ['--failures', 'failed.txt', '--junit', 'junit.xml']
    const first = sim({ GITHUB_ACTIONS: 'true' }, '--seeds', '1..6', '--swarm', ...files)
    const rows = rowsOf(first.stdout)
    const bad = rows.filter(({ result }) => result === 'FAILED').map(({ seed }) => seed)
    expect(rows.length).toBe(6)
    expect(bad.length).toBeGreaterThan(0)
    expect(first.status).toBe(1)
    expect(first.stdout).toMatch(/\n6 seeds in [\d.]+ s, \d+ a minute\n/)
    expect(first.stdout.split('\n').filter((line) => line.startsWith('::error ')).length).toBe(
      bad.length,
    )
    expect(new FailuresFile(join(below, 'failed.txt')).seeds).toEqual(bad)
    const xml = readFileSync(join(below, 'junit.xml'), 'utf8')
    expect(XMLValidator.validate(xml)).toBe(true)
    for (const seed of bad) expect(xml).toContain(`name="seed ${seed}"`)
    // The command that is printed has the faults that were drawn, and nothing to draw.
    const again = /^ {2}again: fdbkit sim odd\.ts (.*)$/m.exec(first.stdout)?.[1] as string
    expect(again).not.toContain('--swarm')
    const shown = sim({}, ...again.split(' ').filter((word) => word !== '--embedded'))
    expect(rowsOf(shown.stdout)).toEqual(rows.filter(({ seed }) => seed === bad[0]))
    const next = sim({}, '--seeds', '100..101', ...files)
    expect(
      rowsOf(next.stdout)
        .slice(0, bad.length)
        .map(({ seed }) => seed),
    ).toEqual(bad)
    expect(next.stdout).not.toContain('::error')
  })

  it('runs what fits into a budget, and refuses an end that never comes', () => {
    const { stdout, stderr } = sim({}, '--seeds', '5..', '--budget', '1s')
    const seeds = rowsOf(stdout).map(({ seed }) => seed)
    expect(seeds.length).toBeGreaterThan(0)
    expect(seeds).toEqual(seeds.map((_, at) => 5 + at))
    expect(stderr).toBe('')
    const endless = sim({}, '--seeds', '5..')
    expect([endless.status, endless.stderr]).toEqual([
      2,
      'error: --seeds 5.. has no last seed: it needs a --budget\n(add --help for usage)\n',
    ])
    expect(sim({}, '--budget', '5 days').stderr).toMatch(/a time, as 90s, 10m or 2h/)
    expect(sim({}, '--without', 'rain').stderr).toMatch(/there are no faults rain here/)
  })

  it('says before any seed which file it could not write, or read', () => {
    const nowhere = join(below, 'nowhere', 'file')
    for (const option of ['--junit', '--report', '--failures']) {
      const { status, stdout, stderr } = sim({}, '--seed', '1', option, nowhere)
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).toContain(`there is no folder ${join(below, 'nowhere')} to write ${nowhere}`)
    }
    expect(sim({}, '--seed', '1', '--failures', below).stderr).toMatch(
      /^error: can't read .*EISDIR/,
    )
  })
})
