/** Operations that keep the invariants, and those that look whether they hold. */
import { drawNode, drawTransfer, accountsOf, ringOf, swap, transfer } from '../invariants.ts'
import type { Operation, Turn } from './operation.ts'

async function pay({ chance, ground }: Turn): Promise<string> {
  const drawn = drawTransfer(chance)
  await accountsOf(ground.db).doTransaction((tn) => transfer(tn, drawn))
  return 'done'
}

async function swapNodes({ chance, ground }: Turn): Promise<string> {
  const first = drawNode(chance)
  await ringOf(ground.db).doTransaction((tn) => swap(tn, first))
  return 'done'
}

/** By hand, as the retry loop does it. */
async function payByHand({ chance, ground }: Turn): Promise<string> {
  const drawn = drawTransfer(chance)
  using tn = accountsOf(ground.db).createTransaction()
  for (let attempts = 1; ; attempts++) {
    try {
      await transfer(tn, drawn)
      await tn.commit()
      return attempts === 1 ? 'done' : 'done, retried'
    } catch (error) {
      await tn.onError((error as { code: number }).code)
    }
  }
}

async function look({ ground }: Turn): Promise<string> {
  await ground.check()
  return 'done'
}

/** Iterators that are left in the middle. */
async function leaveIterator({ chance, ground }: Turn): Promise<string> {
  const limit = chance.between(1, 60)
  let seen = 0
  for await (const _ of accountsOf(ground.db).getRange(0, 1000)) {
    if (++seen === limit) return 'left early'
  }
  return 'done'
}

export const invariants: readonly Operation[] = [
  { name: 'transfer', weight: 20, run: pay },
  { name: 'swap', weight: 20, run: swapNodes },
  { name: 'transfer by hand', weight: 5, run: payByHand },
  { name: 'look', weight: 10, run: look },
  { name: 'iterator', weight: 5, run: leaveIterator },
]
