import fc from 'fast-check'
import { parse, stringify, type TomlTable } from 'smol-toml'
import { expect, it } from 'vitest'
import { UsageError } from '../../src/cli/ground/errors.ts'
import { planOf, specLines, withUseCapi, type TestSpec } from '../../src/cli/sim/run/test-spec.ts'

const OURS = {
  testName: 'External',
  useCAPI: true,
  libraryPath: '.',
  libraryName: 'fdbkit_workload',
  workloadName: 'default',
}

const key = fc.stringMatching(/^[a-z][A-Za-z]{0,8}$/)
const value = fc.oneof(
  fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const options = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true })
const workload = fc
  .tuple(fc.constantFrom('External', 'RandomClogging', 'Cycle'), options)
  .map(([testName, more]) =>
    testName === 'External' ? { ...more, ...OURS } : { ...more, testName },
  )
const test = fc
  .tuple(options, fc.array(workload, { minLength: 1, maxLength: 3 }), fc.string())
  .map(([settings, workloads, testTitle]) => ({ ...settings, testTitle, workload: workloads }))
const file = fc.array(test, { minLength: 1, maxLength: 3 }).map((tests) => ({ test: tests }))

/** Integers beyond 2^53 as well. */
const parseExactly = (text: string): TomlTable => parse(text, { integersAsBigInt: true })

/** The embedded simulator's reading, in a few words. */
function readSpec(text: string): TestSpec[] {
  const tests: { title: string; settings: [string, string][]; workloads: never[] }[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const [kind, ...words] = line
      .split('\t')
      .map((word) =>
        word.replaceAll(/\\([nt\\])/g, (_, code: string) =>
          code === 'n' ? '\n' : code === 't' ? '\t' : '\\',
        ),
      )
    const last = tests.at(-1)
    if (kind === 'test') tests.push({ title: words[0] as string, settings: [], workloads: [] })
    else if (kind === 'set') last?.settings.push(words as [string, string])
    else if (kind === 'workload') {
      last?.workloads.push({ testName: words[0], options: [] } as never)
    } else {
      const { options: into } = last?.workloads.at(-1) as unknown as { options: string[][] }
      into.push(words)
    }
  }
  return tests
}

it('every setting and option arrives in the embedded simulator, whatever is in it', () => {
  fc.assert(
    fc.property(file, (document) => {
      const text = stringify(document, { numbersAsFloat: true })
      const { tests } = planOf(text, 'x.toml')
      expect(readSpec(specLines(tests))).toEqual(tests)
      expect(tests.length).toBe(document.test.length)
      tests.forEach((one, at) => {
        const source = document.test[at] as (typeof document.test)[number]
        expect(one.title).toBe(source.testTitle)
        expect(one.workloads.length).toBe(source.workload.length)
        one.workloads.forEach(({ testName, options: read }, i) => {
          const { testName: name, ...rest } = source.workload[i] as Record<string, unknown>
          expect(testName).toBe(name)
          expect(new Map(read).size).toBe(Object.keys(rest).length)
          for (const [option, given] of Object.entries(rest)) {
            const text = new Map(read).get(option) as string
            if (typeof given === 'number') expect(Number(text)).toBe(given === 0 ? 0 : given)
            else expect(text).toBe(String(given))
          }
        })
      })
    }),
  )
})

it('fdbserver gets the text as it is when the library is the one for everybody', () => {
  fc.assert(
    fc.property(file, (document) => {
      const text = `# a comment\n${stringify(document, { numbersAsFloat: true })}`
      expect(planOf(text, 'x.toml').text).toBe(text)
    }),
  )
})

it('and otherwise only the library is another', () => {
  const text = `
    [configuration]
    buggify = false
    machineCount = 3
    [[knobs]]
    name = 10.0
    [[test]]
    testTitle = 'one'
    timeout = 100
      [[test.workload]]
      testName = 'External'
      libraryPath = '/some/where/long'
      count = 5
      rate = 10.0
      [[test.workload]]
      testName = 'External'
      libraryName = 'of_somebody_else'
      libraryPath = '/usr/lib'
  `
  const plan = planOf(text, 'x.toml')
  const document = parseExactly(plan.text)
  const [one] = document['test'] as { workload: Record<string, unknown>[] }[]
  expect({ ...one?.workload[0] }).toEqual({ ...OURS, count: 5n, rate: 10 })
  expect(one?.workload[1]?.['libraryPath']).toBe('/usr/lib')
  expect(plan.text).toMatch(/rate = 10\.0/)
  expect(plan.text).toMatch(/name = 10\.0/)
  expect(plan.buggify).toBe(false)
  expect(plan.onlyFdbserver).toEqual(['configuration.machineCount', 'knobs'])
  expect(plan.tests[0]?.settings).toEqual([['timeout', '100']])
})

it('a server that loads in C++ is told so, or nothing, and only of workloads of ours', () => {
  fc.assert(
    fc.property(file, fc.constantFrom(true, false, undefined), (document, useCapi) => {
      const text = stringify(document, { numbersAsFloat: true })
      const given = parseExactly(withUseCapi(text, useCapi))
      const wanted = parseExactly(text) as unknown as typeof document
      for (const workload of wanted.test.flatMap((test) => test.workload) as TomlTable[]) {
        if (workload['testName'] !== 'External') continue
        if (useCapi === undefined) delete workload['useCAPI']
        else workload['useCAPI'] = useCapi
      }
      expect(given).toEqual(wanted)
    }),
  )
  const other = '[[test]]\n[[test.workload]]\ntestName = "External"\nlibraryName = "of_others"'
  const said = `${other}\nuseCAPI = true`
  expect(parse(withUseCapi(said, undefined))).toEqual(parse(said))
})

it('a file that is wrong is refused, with its name and what is wrong', () => {
  for (const [text, says] of [
    ['', /x\.toml: it has no \[\[test\]\]/],
    ['[[test]]', /x\.toml: \[\[test\]\] 1 has no \[\[test\.workload\]\]/],
    ['[[test]]\n[[test.workload]]\na = 1', /x\.toml: .* has no testName/],
    ['[[test]]\nx = [1]\n[[test.workload]]\ntestName = "a"', /x of \[\[test\]\] 1 is neither/],
    ['[[test]]\nx = ', /x\.toml:2:\d+: /],
    ['a = 1\na = 2', /x\.toml:2:\d+: /],
  ] as const) {
    expect(() => planOf(text, 'x.toml')).toThrow(UsageError)
    expect(() => planOf(text, 'x.toml')).toThrow(says)
  }
})
