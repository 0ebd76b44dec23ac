/** What the load writes: postings that move coins between accounts, a log of them, and their count. */
import type { Database, Transaction } from '../../../src/index.ts'

const ACCOUNTS = 20
const INITIAL = 1000
const TOTAL = ACCOUNTS * INITIAL
const ONE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])

export interface Posting {
  readonly id: string
  readonly from: number
  readonly to: number
  readonly amount: number
}

const balanceKey = (account: number): string => `balance/${String(account).padStart(2, '0')}`

export async function populate(db: Database): Promise<void> {
  await db.doTransaction((tn) => {
    for (let account = 0; account < ACCOUNTS; account++) {
      tn.set(balanceKey(account), String(INITIAL))
    }
  })
}

/** @param random from 0 to 1, as `Math.random`. */
export function drawPosting(id: string, random: () => number): Posting {
  const below = (limit: number): number => Math.floor(random() * limit)
  return { id, from: below(ACCOUNTS), to: below(ACCOUNTS), amount: 1 + below(INITIAL) }
}

/** Applied once, however often it is run: what an earlier attempt has written is left. */
export async function post(tn: Transaction, { id, from, to, amount }: Posting): Promise<void> {
  const entry = `log/${id}`
  if (await tn.exists(entry)) return
  const has = Number(String(await tn.get(balanceKey(from))))
  const moved = Math.min(amount, has)
  tn.set(balanceKey(from), String(has - moved))
  // Read behind the write, so that an account may pay itself.
  const had = Number(String(await tn.get(balanceKey(to))))
  tn.set(balanceKey(to), String(had + moved))
  tn.set(entry, JSON.stringify([from, to, moved]))
  tn.add('count', ONE)
}

/** As of one moment. */
export async function readTotal(tn: Transaction): Promise<number> {
  const rows = await tn.getRangeAllStartsWith('balance/')
  return rows.reduce((sum, [, balance]) => sum + Number(String(balance)), 0)
}

/** @throws Error when a reader has seen a part of a posting. */
export function checkTotal(total: number): void {
  if (total !== TOTAL) throw new Error(`the accounts have ${total}, not ${TOTAL}`)
}

export interface Ledger {
  /** The ids of what was applied. */
  readonly found: ReadonlySet<string>
  /** What is wrong with the ledger by itself. */
  readonly problems: readonly string[]
}

/** The log says what each account must have. */
export async function audit(db: Database): Promise<Ledger> {
  const [log, balances, count] = await db.doTransaction(
    async (tn) =>
      [
        await tn.getRangeAllStartsWith('log/'),
        await tn.getRangeAllStartsWith('balance/'),
        await tn.get('count'),
      ] as const,
    { readOnly: true },
  )
  const due = new Array<number>(ACCOUNTS).fill(INITIAL)
  for (const [, value] of log) {
    const [from, to, moved] = JSON.parse(String(value)) as [number, number, number]
    due[from]! -= moved
    due[to]! += moved
  }
  const applied = count?.readBigUInt64LE() ?? 0n
  const problems = balances.flatMap(([, balance], account) =>
    Number(String(balance)) === due[account]
      ? []
      : [`account ${account} has ${String(balance)}, not ${due[account]}`],
  )
  if (balances.length !== ACCOUNTS) problems.push(`${balances.length} accounts of ${ACCOUNTS}`)
  if (applied !== BigInt(log.length)) {
    problems.push(`${applied} postings were applied, and the log has ${log.length}`)
  }
  const found = new Set(log.map(([key]) => String(key).slice('log/'.length)))
  return { found, problems }
}
