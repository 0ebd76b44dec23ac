/**
 * A planted bug, for you to see how it shows: the stock is read in one transaction, and what was read is written
 * in another. Between the two somebody else may sell the last piece: nothing conflicts, since the
 * second transaction has read nothing.
 *
 * Repaired, the read is `tn.get` in the function of the transaction that writes.
 */
import { defineWorkload, encoders, type Database } from 'fdbkit/simulation'

const stock = (db: Database) => db.at('broken/stock/', encoders.string, encoders.json)
const sales = (db: Database) => db.at('broken/sale/', encoders.tuple)

export default defineWorkload({
  options: { pieces: 10, tries: 3, pause: 5 },

  async setup(db, ctx) {
    if (ctx.clientId === 0) await stock(db).set('pieces', ctx.options.pieces)
  },

  async start(db, ctx) {
    for (let i = 0; i < ctx.options.tries; i++) {
      await ctx.delay(ctx.random() * ctx.options.pause)
      const pieces = Number(await stock(db).get('pieces'))
      if (pieces === 0) return
      await db.doTransaction((tn) => {
        tn.at(stock(db)).set('pieces', pieces - 1)
        tn.at(sales(db)).set([ctx.clientId, i], '')
      })
    }
  },

  async check(db, ctx) {
    if (ctx.clientId !== 0) return true
    const left = Number(await stock(db).get('pieces'))
    const sold = (await sales(db).getRangeAll([])).length
    if (left + sold === ctx.options.pieces) return true
    throw new Error(`${sold} sold and ${left} left, of ${ctx.options.pieces}`)
  },
})
