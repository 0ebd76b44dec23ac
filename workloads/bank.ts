/**
 * Transfers between accounts, by model. What must hold: each transfer takes what its account has, at its place in the order of
 * the commits; the total never changes, for no reader; nobody is overdrawn.
 *
 * A read that is no snapshot of one moment breaks what a reader sees. A conflict that is missed breaks what a transfer
 * takes.
 */
import fc from 'fast-check'
import { root } from 'fdbkit'
import { defineModelWorkload, encoders, type Transaction } from 'fdbkit/simulation'

const INITIAL = 100
const ACCOUNTS = 8

const accounts = root.at('bank/balance/', encoders.int32BE, encoders.json)
const balances = (tn: Transaction) => tn.at(accounts)

export default defineModelWorkload({
  model: () => new Array<number>(ACCOUNTS).fill(INITIAL),

  async setup(db) {
    await db.doTransaction((tn) => {
      for (let i = 0; i < ACCOUNTS; i++) balances(tn).set(i, INITIAL)
    })
  },

  commands: {
    transfer: {
      args: fc.record({
        from: fc.integer({ min: 0, max: ACCOUNTS - 1 }),
        to: fc.integer({ min: 0, max: ACCOUNTS - 1 }),
        wanted: fc.integer({ min: 1, max: INITIAL }),
      }),
      async transaction(tn, { from, to, wanted }) {
        const accounts = balances(tn)
        const amount = Math.min(wanted, Number(await accounts.get(from)))
        accounts.set(from, Number(await accounts.get(from)) - amount)
        accounts.set(to, Number(await accounts.get(to)) + amount)
        return amount
      },
      model(accounts, { from, to, wanted }) {
        const amount = Math.min(wanted, accounts[from] as number)
        const after = [...accounts]
        after[from] = (after[from] as number) - amount
        after[to] = (after[to] as number) + amount
        return [after, amount]
      },
    },
    look: {
      read: (tn) => readAll(tn),
      model: (accounts) => [accounts, accounts],
    },
  },

  invariants: {
    'the total is what it was': (accounts) =>
      accounts.reduce((a, b) => a + b, 0) === ACCOUNTS * INITIAL,
    'nobody is overdrawn': (accounts) => Math.min(...accounts) >= 0,
  },

  state: (tn) => readAll(tn),
})

async function readAll(tn: Transaction): Promise<number[]> {
  const rows = await balances(tn).getRangeAll(0, ACCOUNTS)
  return rows.map(([, balance]) => Number(balance))
}
