import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { describeOn, runWorkload } from './run-workload.ts'

const root = join(import.meta.dirname, '../..')
const workloads = join(root, 'workloads')
/** In the package, so that the modules find it. */
const folder = join(root, 'build/mutants')
mkdirSync(folder, { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Mutant {
  readonly name: string
  readonly why: string
  readonly line: string
  readonly becomes: string
}

/** A line of a workload without which its promise is broken: so its check can fail. */
const MUTANTS: readonly Mutant[] = [
  {
    name: 'atomic',
    why: 'adds to what it has read without a conflict',
    line: 'tn.add(COUNTER, amount, { bytes: 4 })',
    becomes:
      'const sum = Buffer.alloc(4)\n' +
      'sum.writeInt32LE(countIn(await tn.snapshot().get(COUNTER)) + amount)\n' +
      'tn.set(COUNTER, sum)',
  },
  {
    name: 'bank',
    why: 'reads without conflicts',
    line: '=> tn.at(accounts)',
    becomes: '=> tn.at(accounts).snapshot()',
  },
  {
    name: 'cycle',
    why: 'reads without conflicts',
    line: 'await nodes.get(node)',
    becomes: 'await nodes.snapshot().get(node)',
  },
  {
    name: 'directory',
    why: 'looks for no mark',
    line: 'if ((await tn.at(marks(db)).get([client])) === number) return expected',
    becomes: '',
  },
  {
    name: 'leader-election',
    why: 'has no guard',
    line: 'await leadership.guard(tn)',
    becomes: '',
  },
  {
    name: 'leased-queue',
    why: 'works on with a lease that is lost',
    line: 'await message.ackIn(tn)',
    becomes: 'await message.ackIn(tn).catch(() => undefined)',
  },
  {
    name: 'queue',
    why: 'pushes as often as it must',
    line: 'await queue.push(item)',
    becomes: 'await db.doTransaction((tn) => queue.pushIn(tn, item))',
  },
  {
    name: 'ranges',
    why: 'takes any of its models',
    line: 'const base = this.#models.get(found ?? -1)',
    becomes: 'const base = [...this.#models.values()][0]',
  },
  {
    name: 'serializability',
    why: 'looks for no mark',
    line: 'if (await tn.at(marks(db)).exists([client, number])) return',
    becomes: '',
  },
  {
    name: 'serializability',
    why: 'reads without conflicts',
    line: 'const view = tn.at(values(db))',
    becomes: 'const view = tn.at(values(db)).snapshot()',
  },
  {
    name: 'versionstamp-log',
    why: 'looks for no mark',
    line: 'if (await tn.at(marks(db)).exists(mark)) return []',
    becomes: '',
  },
  {
    name: 'watches',
    why: 'sets its watch after it has looked',
    line: 'const watch = await numbers(db).getAndWatch(BATON, { signal })',
    becomes:
      'const value = await numbers(db).get(BATON)\n' +
      'const watch = Object.assign(await numbers(db).getAndWatch(BATON, { signal }), { value })',
  },
]

describeOn('engine')('on the embedded engine, within 100 seeds, it is found that', () => {
  it.each(MUTANTS)(
    '$name $why',
    async ({ name, why, line, becomes }) => {
      const text = readFileSync(join(workloads, `${name}.ts`), 'utf8')
      expect(text.split(line).length).toBe(2)
      const mutant = join(folder, `${name} that ${why}`)
      writeFileSync(
        `${mutant}.ts`,
        text.replace(line, () => becomes),
      )
      cpSync(join(workloads, `${name}.toml`), `${mutant}.toml`)
      const seeds = { first: 1, last: 100, untilFailure: true }
      const { failed } = await runWorkload(mutant, 'engine', seeds)
      const errors = failed[0]?.errors ?? []
      expect(errors.length).toBeGreaterThan(0)
      // It ran, and broke its promise; a module that doesn't load is not what is looked for.
      expect(errors.join('\n')).not.toMatch(/FdbkitFailure/)
    },
    300_000,
  )
})
