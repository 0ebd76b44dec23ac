/** The data whose invariants hold throughout: accounts with a total, and a ring of nodes. */
import { encoders, type Database, type Transaction } from 'fdbkit'
import type { Chance } from './chance.ts'
import { insist } from './violation.ts'

const ACCOUNTS = 50
const INITIAL = 100
const NODES = 30

type Numbers = Transaction<number, number, number, number>
type AnyDatabase = Database

/** In a database, or in a tenant. */
const scopeOf = (db: AnyDatabase, name: string): Database<number, number, number, number> =>
  db.at(name, encoders.int32BE, encoders.int32BE)

export const accountsOf = (db: AnyDatabase) => scopeOf(db, 'accounts/')
export const ringOf = (db: AnyDatabase) => scopeOf(db, 'ring/')

export async function populate(db: AnyDatabase): Promise<void> {
  await accountsOf(db).doTransaction((tn) => {
    for (let account = 0; account < ACCOUNTS; account++) tn.set(account, INITIAL)
  })
  await ringOf(db).doTransaction((tn) => {
    for (let node = 0; node < NODES; node++) tn.set(node, (node + 1) % NODES)
  })
}

export interface Transfer {
  readonly from: number
  readonly to: number
  readonly amount: number
}

export const drawTransfer = (chance: Chance): Transfer => ({
  from: chance.below(ACCOUNTS),
  to: chance.below(ACCOUNTS),
  amount: chance.between(1, INITIAL),
})

/** @param lost coins that do not arrive: none, unless a fault is planted. */
export async function transfer(
  tn: Numbers,
  { from, to, amount }: Transfer,
  lost = 0,
): Promise<void> {
  const has = numberOf(await tn.get(from))
  const moved = Math.min(amount, has)
  tn.set(from, has - moved)
  // Read behind the write, so that an account may pay itself.
  tn.set(to, numberOf(await tn.get(to)) + moved - lost)
}

export const drawNode = (chance: Chance): number => chance.below(NODES)

/** Of three nodes in a row, the later two change places. */
export async function swap(tn: Numbers, first: number): Promise<void> {
  const next = async (node: number): Promise<number> => numberOf(await tn.get(node))
  const second = await next(first)
  const third = await next(second)
  const fourth = await next(third)
  tn.set(first, third)
  tn.set(second, fourth)
  tn.set(third, second)
}

/** Reads all of one moment. */
export async function checkAll(db: AnyDatabase): Promise<void> {
  const [balances, links] = await db.doTransaction(
    async (tn) => {
      const money = tn.at(accountsOf(db)).getRangeAll(0, ACCOUNTS)
      return [await money, await tn.at(ringOf(db)).getRangeAll(0, NODES)] as const
    },
    { readOnly: true },
  )
  checkMoney(balances.map(([, balance]) => balance))
  checkRing(links.map(([, next]) => next))
}

function checkMoney(balances: readonly number[]): void {
  insist(balances.length === ACCOUNTS, `${balances.length} accounts of ${ACCOUNTS}`)
  const total = balances.reduce((a, b) => a + b, 0)
  insist(total === ACCOUNTS * INITIAL, `the accounts have ${total}, not ${ACCOUNTS * INITIAL}`)
  insist(Math.min(...balances) >= 0, 'an account is overdrawn')
}

function checkRing(links: readonly number[]): void {
  let length = 0
  let node: number | undefined = 0
  do node = links[node ?? NODES]
  while (++length < NODES && node !== 0 && node !== undefined)
  insist(node === 0 && length === NODES, `the ring closes after ${length} of ${NODES} nodes`)
}

function numberOf(value: number | undefined): number {
  insist(value !== undefined, 'an account or a node is gone')
  return value as number
}
