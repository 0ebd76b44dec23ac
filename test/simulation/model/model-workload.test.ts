import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readTestFile } from '../../../src/cli/sim/run/test-file.ts'
import { shrinkSeed } from '../../../src/cli/sim/shrink/shrink-seed.ts'
import { defineModelWorkload } from '../../../src/simulation/index.ts'
import { HANG_LIMIT } from '../../support/hang-limit.ts'
import { describeOn } from '../run-workload.ts'
import { runWatched } from '../oracle/run-everything.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'build/model-mutants')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PLANTED = [
  ['cycle', 'await nodes.get(node)', 'await nodes.snapshot().get(node)'],
  ['bank', '=> tn.at(accounts)', '=> tn.at(accounts).snapshot()'],
  [
    'atomic',
    'tn.add(COUNTER, amount, { bytes: 4 })',
    `const sum = Buffer.alloc(4)
        sum.writeInt32LE(countIn(await tn.snapshot().get(COUNTER)) + amount)
        tn.set(COUNTER, sum)`,
  ],
] as const
/** To the end that takes some minutes on a busy machine; otherwise one is followed for a part of the way. */
const isLong = (process.env['FDBKIT_LONG'] ?? '') !== ''
const tried = isLong ? PLANTED : PLANTED.slice(0, 1)

describeOn('engine')('a planted bug', () => {
  it.each(tried)(
    `in %s comes out of 30 commands a client with fewer than ${isLong ? 'ten' : 'half of them'}`,
    async (name, line, becomes) => {
      mkdirSync(folder, { recursive: true })
      const text = readFileSync(join(root, `workloads/${name}.ts`), 'utf8')
      expect(text.split(line).length).toBe(2)
      writeFileSync(join(folder, `${name}.ts`), text.replace(line, becomes))
      const file = join(folder, `${name}.toml`)
      cpSync(join(root, `workloads/${name}.toml`), file)
      const toml = readFileSync(file, 'utf8')
      writeFileSync(file, toml.replace("'default'", "'default'\n  commands = 30"))
      const { failed } = await runWatched(file, { first: 1, last: 60, untilFailure: true })
      const first = failed[0]
      if (first === undefined) throw new Error('it was not found')
      const test = readTestFile(file, undefined, 'default')
      const timeout = HANG_LIMIT / 1000
      const options = { fdbserver: undefined, test, buggify: true, timeout, seed: first.seed }
      // So many looks at the clock, one for each pair of simulations: a busy machine takes longer, and finds the same.
      let looks = 0
      const now = () => 1000 * looks++
      const shrunk = await shrinkSeed(first, { options, seconds: isLong ? 150 : 20, lanes: 2, now })
      const before = shrunk?.before ?? 0
      expect(before).toBeGreaterThanOrEqual(30)
      expect(shrunk?.commands).toBeLessThan(isLong ? 10 : before / 2)
      expect(shrunk?.result.errors.join()).toContain('the answers fit the model in no order')
    },
    900_000,
  )
})

describe('defineModelWorkload', () => {
  const same = (state: number) => [state, undefined] as const
  const transaction = () => Promise.resolve()

  it('takes commands that are carried out in one way, with a model', () => {
    const add = { args: fc.nat(), transaction, model: same }
    expect(() => defineModelWorkload({ model: () => 0, commands: { add } })).not.toThrow()
  })

  it.each<[definition: unknown, says: string]>([
    [
      { model: () => 0, commands: {} },
      'commands of a workload are an object with at least one command',
    ],
    [
      { model: 0, commands: { add: { transaction, model: same } } },
      'model of a workload is a function',
    ],
    [
      { model: () => 0, commands: { add: { model: same } } },
      'command add is carried out in one way',
    ],
    [
      { model: () => 0, commands: { add: { transaction, read: transaction, model: same } } },
      'in one way',
    ],
    [{ model: () => 0, commands: { add: { transaction } } }, 'command add needs a model'],
    [
      { model: () => 0, commands: { add: { args: 1, transaction, model: same } } },
      'args of command add',
    ],
    [
      { model: () => 0, commands: { add: { transaction, model: same } }, steps: 1 },
      'steps is no option of defineModelWorkload',
    ],
  ])('refuses %j, and says what is wrong', (definition, says) => {
    expect(() => defineModelWorkload(definition as never)).toThrow(says)
  })
})
