/**
 * A planted bug, for you to see how it shows: each transaction adds one, and nothing tells an attempt
 * that the one before it was applied.
 *
 * A commit may end with `commit_unknown_result` (1021) after it was applied, when the answer got lost or the
 * cluster recovered meanwhile. The retry loop then runs the function again, and the counter is too high.
 * `atomic.ts` is the repaired one: it leaves a mark with each addition, and looks for it first.
 */
import { defineWorkload } from 'fdbkit/simulation'

const COUNTER = 'broken/counter'
const ONE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])

export default defineWorkload({
  options: { count: 50, pause: 0.4 },

  async start(db, ctx) {
    for (let i = 0; i < ctx.options.count; i++) {
      await ctx.delay(ctx.random() * ctx.options.pause)
      await db.doTransaction((tn) => tn.add(COUNTER, ONE))
    }
  },

  async check(db, ctx) {
    if (ctx.clientId !== 0) return true
    const value = await db.get(COUNTER)
    const found = value === undefined ? 0n : value.readBigInt64LE()
    const expected = BigInt(ctx.clientCount * ctx.options.count)
    if (found !== expected) throw new Error(`the counter is ${found}, and ${expected} were added`)
    return true
  },
})
