/** Many requests at once, each with a store of its own or none, and somebody else who wakes them. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'

export const storage = new AsyncLocalStorage<string>()

/** What the store is when the one who wakes has one. */
const SOMEBODY_ELSE = 'somebody else'
const REQUESTS = 40
/** Of what each opens a ring of its own for. */
export const FEW_REQUESTS = 8

const acts: (() => void)[] = []

/** Done soon, by code that has nothing to do with the request: in another's context, or in none. */
export function elsewhere(act: () => void): void {
  acts.push(act)
}

/** Does what was left to somebody else. Called without a store: `exit` would take the store of all it calls, too. */
export function actElsewhere(): void {
  for (const [index, act] of acts.splice(0).entries()) {
    if (index % 2 === 0) storage.run(SOMEBODY_ELSE, act)
    else act()
  }
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Waits, and has done meanwhile what is left to somebody else. */
export async function driven<T>(waiting: PromiseLike<T>): Promise<T> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  waiting.then(over, over)
  while (!isOver) {
    actElsewhere()
    await nextTurn()
  }
  return waiting
}

/** One way to wait: begins to, calls `see` in every callback, and settles when the last was called. */
export type Way = (see: () => void) => PromiseLike<unknown>

/** What the callbacks of all requests saw, beside what each should have seen. */
export async function whatEachSees(
  way: Way,
  requests = REQUESTS,
): Promise<{ seen: string[]; due: string[] }> {
  const seen: string[] = []
  const due: string[] = []
  let left = requests
  const failures: unknown[] = []
  const begin = (name: string): void => {
    let calls = 0
    const see = (): void => {
      seen.push(`${name}, ${++calls}: ${storage.getStore() ?? 'none'}`)
      due.push(`${name}, ${calls}: ${name}`)
    }
    const end = (): void => {
      if (calls === 0) failures.push(new Error(`${name} was never called back`))
      left--
    }
    way(see).then(end, (error: unknown) => {
      failures.push(error)
      left--
    })
  }
  for (let i = 0; i < requests; i++) {
    if (i % 4 === 3) storage.exit(begin, 'none')
    else storage.run(`user ${i}`, begin, `user ${i}`)
  }
  while (left > 0) {
    actElsewhere()
    await nextTurn()
  }
  if (failures.length > 0) throw failures[0]
  return { seen, due }
}

/** A read in a transaction of its own, since one is too old after five seconds. */
export function oneRead(database: DatabaseHandle): FdbFuture<Buffer | undefined> {
  const transaction = database.createTransaction()
  const future = transaction.get(Buffer.from('key'))
  transaction.destroy()
  return future
}
