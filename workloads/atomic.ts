/**
 * A counter, by model. What must hold: it ends at the sum of the additions, each counted once, and whoever reads it
 * sees those that came before.
 *
 * A commit may end with an error that leaves open whether it was applied (`commit_unknown_result`, 1021), and
 * the retry loop runs the function again. Each command of a model leaves its mark with what it does, and an attempt that
 * finds it does nothing: so there is nothing of that here.
 */
import fc from 'fast-check'
import { defineModelWorkload } from 'fdbkit/simulation'

const COUNTER = 'atomic/counter'
const countIn = (value: Buffer | undefined) => value?.readInt32LE() ?? 0

export default defineModelWorkload({
  model: () => 0,

  commands: {
    add: {
      args: fc.integer({ min: 1, max: 100 }),
      async transaction(tn, amount) {
        tn.add(COUNTER, amount, { bytes: 4 })
      },
      model: (count, amount) => [count + amount, undefined],
    },
    read: {
      read: async (tn) => countIn(await tn.get(COUNTER)),
      model: (count) => [count, count],
    },
  },

  state: async (tn) => countIn(await tn.get(COUNTER)),
})
