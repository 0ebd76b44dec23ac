/**
 * Transfers between accounts. What must hold: the total never changes, nobody is overdrawn, and each
 * balance is what the ledger says, transfer by transfer.
 *
 * A read that is no snapshot of one moment breaks the total that a reader sees. A conflict that is missed breaks the
 * total for good. A transfer that is applied twice, after a commit of unknown outcome, leaves the total as it
 * is, and only the ledger tells: so each transfer looks for its own entry first.
 */
import { defineWorkload, encoders, type Database } from 'fdbkit/simulation'

const INITIAL = 100

interface Transfer {
  readonly from: number
  readonly to: number
  readonly amount: number
}

const balances = (db: Database) => db.at('bank/balance/', encoders.tuple, encoders.json)
const ledger = (db: Database) => db.at('bank/ledger/', encoders.tuple, encoders.json)

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

export default defineWorkload({
  options: { accounts: 8, transfers: 15, pause: 0.5 },

  async setup(db, ctx) {
    if (ctx.clientId !== 0) return
    await balances(db).doTransaction((tn) => {
      for (let i = 0; i < ctx.options.accounts; i++) tn.set([i], INITIAL)
    })
  },

  async start(db, ctx) {
    const { accounts, transfers, pause } = ctx.options
    for (let i = 0; i < transfers; i++) {
      await ctx.delay(ctx.random() * pause)
      const from = ctx.randomInteger(0, accounts)
      const to = (from + ctx.randomInteger(1, accounts)) % accounts
      const wanted = ctx.randomInteger(1, INITIAL)

      await db.doTransaction(async (tn) => {
        const entry = [ctx.clientId, i]
        const book = tn.at(ledger(db))
        if (await book.exists(entry)) return
        const account = tn.at(balances(db))
        const balanceOf = async (number: number) => Number(await account.get([number]))
        const [left, right] = await Promise.all([balanceOf(from), balanceOf(to)])
        const amount = Math.min(wanted, left)
        account.set([from], left - amount)
        account.set([to], right + amount)
        book.set(entry, { from, to, amount } satisfies Transfer)
      })

      const seen = await balances(db).doTransaction((tn) => tn.getRangeAll([]))
      const total = sum(seen.map(([, balance]) => Number(balance)))
      if (total !== accounts * INITIAL) throw new Error(`a reader saw a total of ${total}`)
    }
  },

  async check(db, ctx) {
    if (ctx.clientId !== 0) return true
    const { accounts, transfers } = ctx.options
    const expected = new Array<number>(accounts).fill(INITIAL)
    const entries = await ledger(db).getRangeAll([])
    for (const [, { from, to, amount }] of entries as [unknown, Transfer][]) {
      expected[from] = Number(expected[from]) - amount
      expected[to] = Number(expected[to]) + amount
    }
    const found = (await balances(db).getRangeAll([])).map(([, balance]) => Number(balance))
    const same = found.length === accounts && found.every((balance, i) => balance === expected[i])
    const complete = entries.length === ctx.clientCount * transfers
    ctx.trace(same && complete ? 'info' : 'error', 'BankChecked', {
      Found: found.join(),
      Expected: expected.join(),
      Entries: entries.length,
    })
    return same && complete && sum(found) === accounts * INITIAL && Math.min(...found) >= 0
  },
})
