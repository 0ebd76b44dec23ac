/**
 * A ring: each key names the next one, in one cycle through all. A transaction takes three links in a row and
 * swaps two. What must hold: whatever happens, the cycle stays one, through all keys.
 *
 * It needs no mark against unknown commits: a swap that is applied twice leaves one cycle too. What breaks it is
 * a conflict that is missed, or a commit of which only a part is applied.
 */
import { defineWorkload, encoders, type Database } from 'fdbkit/simulation'

const ring = (db: Database) => db.at('cycle/', encoders.tuple, encoders.json)

export default defineWorkload({
  options: { nodes: 12, transactions: 15, pause: 0.2 },

  async setup(db, ctx) {
    if (ctx.clientId !== 0) return
    const { nodes } = ctx.options
    await ring(db).doTransaction((tn) => {
      for (let i = 0; i < nodes; i++) tn.set([i], (i + 1) % nodes)
    })
  },

  async start(db, ctx) {
    const { nodes, transactions, pause } = ctx.options
    const nodesOf = ring(db)
    for (let i = 0; i < transactions; i++) {
      await ctx.delay(ctx.random() * pause)
      const first = ctx.randomInteger(0, nodes)
      await nodesOf.doTransaction(async (tn) => {
        const next = async (node: number): Promise<number> => Number(await tn.get([node]))
        const second = await next(first)
        const third = await next(second)
        const fourth = await next(third)
        tn.set([first], third)
        tn.set([second], fourth)
        tn.set([third], second)
      })
    }
  },

  async check(db, ctx) {
    if (ctx.clientId !== 0) return true
    const { nodes } = ctx.options
    const links = await ring(db).getRangeAll([])
    const next = new Map(links.map(([[from], to]) => [Number(from), Number(to)]))
    let node = 0
    let length = 0
    do {
      node = next.get(node) ?? -1
      length++
    } while (node > 0 && length <= nodes)
    const whole = node === 0 && length === nodes && next.size === nodes
    ctx.trace(whole ? 'info' : 'error', 'CycleChecked', { Length: length, Nodes: next.size })
    return whole
  },
})
