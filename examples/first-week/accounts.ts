/** Money moves from one account to another: both change, or none does, however many transfers there are at once. */
import { encoders, open } from 'fdbkit'

const db = open()
const balances = db.at('balances/', encoders.string, encoders.int64LE)

class TooLittle extends Error {}

async function transfer(from: string, to: string, amount: bigint): Promise<void> {
  await balances.doTransaction(async (tn) => {
    const balance = (await tn.get(from)) ?? 0n
    // What is thrown ends the transaction, and nothing of it is written.
    if (balance < amount) throw new TooLittle(`${from} has only ${balance}`)
    tn.set(from, balance - amount)
    tn.add(to, amount)
  })
}

await balances.set('ada', 100n)

// Ten at once: those that conflict are run again.
await Promise.all(Array.from({ length: 10 }, () => transfer('ada', 'ben', 10n)))
console.log(await balances.getMany(['ada', 'ben']))

try {
  await transfer('ada', 'ben', 1n)
} catch (error) {
  if (!(error instanceof TooLittle)) throw error
  console.log(error.message)
}
db.close()

// Prints:
// [ 0n, 100n ]
// ada has only 0
