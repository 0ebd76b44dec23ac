/** Operations that do wrong, to see that the soak finds it. */
import { openSync } from 'node:fs'
import type { Transaction } from 'fdbkit'
import { accountsOf, drawTransfer, transfer } from '../invariants.ts'
import type { Operation, Turn } from './operation.ts'

const kept: unknown[] = []
const GROWTH = 500_000

/** A transaction that nobody gives back. */
async function dropHandle({ ground }: Turn): Promise<string> {
  const tn: Transaction = ground.db.createTransaction()
  await tn.get('plain').then(undefined, () => undefined)
  kept.push(tn)
  return 'planted'
}

async function loseCoin({ chance, ground }: Turn): Promise<string> {
  const { from, to } = drawTransfer(chance)
  await accountsOf(ground.db).doTransaction((tn) => transfer(tn, { from, to, amount: 0 }, 1))
  return 'planted'
}

async function leaveOpen(): Promise<string> {
  openSync('/dev/null', 'r')
  return 'planted'
}

const neverSettles = (): Promise<string> => new Promise(() => undefined)

async function grow(): Promise<string> {
  kept.push(new Array<number>(GROWTH).fill(0.5))
  return 'planted'
}

const plant = (name: string, run: Operation['run']): Operation => ({
  name: `planted ${name}`,
  weight: 5,
  run,
})

export const planted: ReadonlyMap<string, Operation> = new Map([
  ['handle', plant('handle', dropHandle)],
  ['coin', plant('coin', loseCoin)],
  ['descriptor', plant('descriptor', leaveOpen)],
  ['silence', plant('silence', neverSettles)],
  ['memory', plant('memory', grow)],
])
