import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeOn } from '../run-workload.ts'
import { runWatched } from './run-everything.ts'

const workloads = join(import.meta.dirname, '../../../workloads')
const LUCK = join(import.meta.dirname, '../fixtures/relies-on-luck.ts')

/** Workloads with a mistake of the author's, and what the oracle says of it without any check of theirs. */
const MISTAKES = [
  [join(workloads, 'broken-not-idempotent.ts'), 'default', /a function is applied twice/],
  [
    join(workloads, 'broken-outside-read.ts'),
    'default',
    /'broken\/stock\/pieces' is overwritten by a client that has read an older value/,
  ],
  [LUCK, 'writeSkew', /a snapshot read, of a transaction that writes, is not true any more/],
  [LUCK, 'oldVersion', /does not see a commit .* its read version was set/],
  [LUCK, 'riskyRead', /does not see a commit .* by an option that allows it/],
] as const

describeOn('engine')('a workload that relies on what nobody has promised', () => {
  it.each(MISTAKES)(
    '%s %s is found by the strict oracle',
    async (file, workload, says) => {
      // A seed may come upon another mistake first: an unknown commit is one, too.
      const seeds = { first: 1, last: 12, oracle: 'strict', workload } as const
      const { failed } = await runWatched(file, seeds)
      expect(failed.flatMap(({ oracle }) => oracle).join('\n')).toMatch(says)
    },
    300_000,
  )

  it('passes with the other one, which tells of it', async () => {
    const { passed } = await runWatched(LUCK, { first: 1, last: 3, workload: 'writeSkew' })
    expect(passed).toBe(3)
  }, 300_000)
})
