import type { Database } from '../../index.ts'
import type { City } from './cities.ts'
import type { Keyspace } from './keyspace.ts'
import type { Report } from './report.ts'

/** What each part of the demo works with. */
export interface DemoContext {
  readonly db: Database
  readonly keys: Keyspace
  readonly cities: readonly City[]
  readonly report: Report
}

/** One part: it shows one thing, checks that it holds, and prints its rates. */
export type Part = (context: DemoContext) => Promise<void>

/** The database gave something else than what was written: never expected, always fatal. */
export function mustHold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the demo found a wrong answer: ${what}`)
}

/** Runs `work` on every item, `width` of them at a time. */
export async function inParallel<Item>(
  items: Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const worker = async () => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
      await work(next.value)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
}
