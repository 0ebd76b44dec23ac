import { expect, it } from 'vitest'
import { describeOn, runWorkload } from './run-workload.ts'

/** Each planted bug, and what its own check says: it must be found, not something else fail. */
const PLANTED = [
  { name: 'broken-not-idempotent', says: /the counter is (\d+), and (?!\1 )\d+ were added/ },
  { name: 'broken-outside-read', says: /\d+ sold and \d+ left, of \d+/ },
  { name: 'broken-race', says: /(\d+) parcels, and (?!\1 )\d+ deliveries/ },
]

for (const backend of ['engine', 'fdbserver'] as const) {
  describeOn(backend)(`a planted bug on ${backend}`, () => {
    it.each(PLANTED)(
      '$name is found within 100 seeds, and again by its seed',
      async ({ name, says }) => {
        const { failed } = await runWorkload(name, backend, {
          first: 1,
          last: 100,
          untilFailure: true,
        })
        const found = failed[0]
        expect(found?.errors.join('\n')).toMatch(says)
        const seed = found?.seed as number
        const again = await runWorkload(name, backend, { first: seed, last: seed })
        expect(again.failed[0]).toMatchObject({ unseed: found?.unseed, events: found?.events })
      },
      900_000,
    )
  })
}
