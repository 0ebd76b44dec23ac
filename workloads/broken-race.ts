/**
 * A planted bug, for you to see how it shows: a delivery races with a timer, and when the timer is first, the
 * delivery counts as failed and is made again. But the loser of a `Promise.race` goes on: a slow
 * delivery is committed all the same, and the parcel arrives twice.
 *
 * On a quiet cluster the timer never wins. Repaired, the transaction has a `timeout` of its own or a `signal`, and a
 * second try looks whether the first one was applied.
 */
import { defineWorkload, encoders, type Database } from 'fdbkit/simulation'

const delivered = (db: Database) => db.at('broken/delivered/', encoders.tuple)

export default defineWorkload({
  options: { parcels: 15, patience: 5, pause: 0.6 },

  async start(db, ctx) {
    let deliveries = 0
    const deliver = async (parcel: number): Promise<'delivered'> => {
      const key = [ctx.clientId, parcel, deliveries++]
      await delivered(db).doTransaction((tn) => tn.set(key, ''))
      return 'delivered'
    }
    for (let parcel = 0; parcel < ctx.options.parcels; parcel++) {
      await ctx.delay(ctx.random() * ctx.options.pause)
      for (;;) {
        const late = ctx.delay(ctx.options.patience).then(() => 'late' as const)
        if ((await Promise.race([deliver(parcel), late])) === 'delivered') break
      }
    }
  },

  async check(db, ctx) {
    if (ctx.clientId !== 0) return true
    const found = (await delivered(db).getRangeAll([])).length
    const expected = ctx.clientCount * ctx.options.parcels
    if (found !== expected) throw new Error(`${expected} parcels, and ${found} deliveries`)
    return true
  },
})
