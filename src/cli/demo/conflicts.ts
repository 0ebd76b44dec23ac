import { inParallel, mustHold, type DemoContext } from './part.ts'
import { count, timed } from './report.ts'

const WRITERS = 20
const TRANSACTIONS = 500

const toNumber = (value: Buffer | undefined) => (value === undefined ? 0 : Number(value.toString()))

/** Two transactions read a stock of seats and take one: the later commit is refused, and run again. */
async function showOne({ db, keys, report }: DemoContext): Promise<void> {
  const seats = keys.key('seats')
  await db.set(seats, Buffer.from('2'))
  let attempts = 0
  const left = await db.doTransaction(async (tn) => {
    attempts++
    const before = toNumber(await tn.get(seats))
    if (attempts === 1) {
      // While the first transaction is open, the second one takes a seat.
      await db.doTransaction(async (other) => {
        other.set(seats, Buffer.from(String(toNumber(await other.get(seats)) - 1)))
      })
    }
    tn.set(seats, Buffer.from(String(before - 1)))
    return before - 1
  })
  mustHold(attempts >= 2 && left === 0, `${left} seats are left after ${attempts} attempts`)
  report.line(
    'two transactions took a seat from the same two: one committed, the other conflicted (1020)',
  )
  report.line(
    `it was run again and committed in attempt ${attempts}: ${left} seats left, none sold twice`,
  )
}

/** Shows one conflict, then how fast many writers get a contended key forward. */
export async function conflicts(context: DemoContext): Promise<void> {
  const { db, keys, report } = context
  report.heading('Two transactions in conflict')
  await showOne(context)

  const contended = keys.key('contended')
  const mark = (number: number) => keys.key('contended', number)
  let attempts = 0
  const { ms } = await timed(() =>
    inParallel(Array(TRANSACTIONS).keys(), WRITERS, (number) =>
      db.doTransaction(async (tn) => {
        attempts++
        const [value, done] = await Promise.all([tn.get(contended), tn.get(mark(number))])
        if (done !== undefined) return
        tn.set(mark(number), Buffer.alloc(0))
        tn.set(contended, Buffer.from(String(toNumber(value) + 1)))
      }),
    ),
  )
  const value = toNumber(await db.get(contended))
  mustHold(value === TRANSACTIONS, `${value} increments are left of ${TRANSACTIONS}`)
  report.line(
    `${count(TRANSACTIONS)} increments by ${WRITERS} writers: ${count(attempts - TRANSACTIONS)} retries, none lost`,
  )
  report.rate({ keys: TRANSACTIONS * 2, operations: attempts, what: 'attempts' }, ms)
}
