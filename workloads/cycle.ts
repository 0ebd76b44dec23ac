/**
 * A ring, by model: each key names the next one, in one cycle through all. A transaction takes three links in a row and
 * swaps two. What must hold: whatever happens, the cycle stays one, through all keys, and is the one that the swaps make.
 *
 * What breaks it is a conflict that is missed, or a commit of which only a part is applied.
 */
import fc from 'fast-check'
import { root } from 'fdbkit'
import { defineModelWorkload, encoders, type Transaction } from 'fdbkit/simulation'

const NODES = 12

const links = root.at('cycle/', encoders.int32BE, encoders.json)
const ring = (tn: Transaction) => tn.at(links)

export default defineModelWorkload({
  options: { commands: 15, pause: 0.2 },

  model: () => Array.from({ length: NODES }, (_, node) => (node + 1) % NODES),

  async setup(db) {
    await db.doTransaction((tn) => {
      for (let node = 0; node < NODES; node++) ring(tn).set(node, (node + 1) % NODES)
    })
  },

  commands: {
    swap: {
      args: fc.integer({ min: 0, max: NODES - 1 }),
      async transaction(tn, first) {
        const nodes = ring(tn)
        const next = async (node: number): Promise<number> => Number(await nodes.get(node))
        const second = await next(first)
        const third = await next(second)
        const fourth = await next(third)
        nodes.set(first, third)
        nodes.set(second, fourth)
        nodes.set(third, second)
        return [second, third, fourth]
      },
      model(links, first) {
        const second = links[first] as number
        const third = links[second] as number
        const fourth = links[third] as number
        const after = [...links]
        after[first] = third
        after[second] = fourth
        after[third] = second
        return [after, [second, third, fourth]]
      },
    },
  },

  invariants: {
    'it is one cycle through all': (links) => {
      let length = 0
      let node = 0
      do node = links[node] as number
      while (++length < NODES && node !== 0)
      return node === 0 && length === NODES
    },
  },

  async state(tn) {
    const rows = await ring(tn).getRangeAll(0, NODES)
    return rows.map(([, next]) => Number(next))
  },
})
