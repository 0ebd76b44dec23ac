/** What must not happen, and what may. */
import { FDBError, FDBStateError } from 'fdbkit'

/** The soak has found something. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

export function insist(holds: boolean, what: string): void {
  if (!holds) throw new Violation(what)
}

/** Of the client itself, which no caller should see. */
const INTERNAL = new Set([4000, 4100])

/** How an operation ended: a few words, which the soak counts. */
export type Outcome = string

const DONE = 'done'

/** What `work` came to: done, or an error that `name` knows a word for. Any other is thrown on. */
export async function outcomeOf(
  work: PromiseLike<unknown>,
  name: (error: unknown) => Outcome | undefined,
): Promise<Outcome> {
  try {
    await work
    return DONE
  } catch (error) {
    const word = name(error)
    if (word === undefined) throw error
    return word
  }
}

/** Of calls that are ended while they are under way: any error of the cluster, and that what they were made on has ended. */
export function endedEarly(error: unknown): Outcome | undefined {
  if (error instanceof FDBStateError) return 'refused'
  return error instanceof FDBError && !INTERNAL.has(error.code) ? 'failed' : undefined
}

/** All of them, settled: they ended as calls may that are ended early. */
export async function allEnded(calls: readonly PromiseLike<unknown>[]): Promise<Outcome> {
  const outcomes = await Promise.all(calls.map((call) => outcomeOf(call, endedEarly)))
  return outcomes.every((one) => one === DONE) ? DONE : 'ended early'
}
