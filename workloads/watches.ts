/**
 * A baton that goes round: whoever has it passes it on, everybody else waits for it on a watch. What must
 * hold: no wake-up is lost, so the baton comes round as often as was promised, and nobody waits for ever.
 *
 * A watch that is set after a change that its transaction has not seen, or that is lost when a server dies or a
 * connection is cut, never fires. A watch may fire for no reason, so who wakes looks, and sets it again. Each
 * round also gives up a watch on what never changes: that has to settle too.
 */
import { defineWorkload, encoders, type Database } from 'fdbkit/simulation'

const BATON = 'watches/baton'
const QUIET = 'watches/quiet'

const numbers = (db: Database) => db.withValueEncoding(encoders.int32BE)

export default defineWorkload({
  options: { rounds: 6, pause: 0.5, patience: 1000 },

  async start(db, ctx) {
    const { rounds, pause, patience } = ctx.options
    let woken = 0
    for (let round = 0; round < rounds; round++) {
      const mine = round * ctx.clientCount + ctx.clientId
      for (;;) {
        const signal = AbortSignal.timeout(patience * 1000)
        const watch = await numbers(db).getAndWatch(BATON, { signal })
        const turn = watch.value ?? 0
        if (turn > mine) throw new Error(`it is turn ${turn}, and ${mine} was left out`)
        if (turn === mine) {
          watch.cancel()
          break
        }
        if (!(await watch.promise)) throw new Error(`waited ${patience} s for turn ${mine}`)
        woken++
      }
      await ctx.delay(ctx.random() * pause)
      const quiet = await db.getAndWatch(QUIET)
      // After an unknown commit others may be ahead: a plain set would take the baton back.
      await numbers(db).doTransaction(async (tn) => {
        if (((await tn.get(BATON)) ?? 0) === mine) tn.set(BATON, mine + 1)
      })
      quiet.cancel()
      await quiet.promise
    }
    ctx.trace('info', 'WatchesDone', { Rounds: rounds, Woken: woken })
  },

  async check(db, ctx) {
    const found = await numbers(db).get(BATON)
    return found === ctx.options.rounds * ctx.clientCount
  },
})
