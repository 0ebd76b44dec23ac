/**
 * A counter. What must hold: it ends at the number of additions, each counted once.
 *
 * A commit may end with an error that leaves open whether it was applied (`commit_unknown_result`, 1021), and
 * the retry loop runs the function again. So each transaction leaves a mark of its own with its addition, and
 * an attempt that finds the mark does nothing.
 */
import { defineWorkload } from 'fdbkit/simulation'

const COUNTER = 'atomic/counter'
const ONE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])

export default defineWorkload({
  options: { count: 20 },

  async start(db, ctx) {
    let unknown = 0
    for (let i = 0; i < ctx.options.count; i++) {
      const mark = `atomic/mark/${ctx.clientId}/${i}`
      await db.doTransaction(async (tn, attempt) => {
        if (attempt.maybeCommitted) unknown++
        if ((await tn.get(mark)) !== undefined) return
        tn.set(mark, '')
        tn.add(COUNTER, ONE)
      })
    }
    ctx.trace('info', 'AtomicDone', { Client: ctx.clientId, Unknown: unknown })
  },

  async check(db, ctx) {
    if (ctx.clientId !== 0) return true
    const value = await db.get(COUNTER)
    const found = value === undefined ? 0n : value.readBigInt64LE()
    const expected = BigInt(ctx.clientCount * ctx.options.count)
    ctx.trace(found === expected ? 'info' : 'error', 'AtomicChecked', {
      Found: found,
      Expected: expected,
    })
    return found === expected
  },

  metrics: (ctx) => ({ Transactions: ctx.options.count }),
})
