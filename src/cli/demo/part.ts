import type { Database } from '../../index.ts'
import type { City } from './geography/cities.ts'
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

/** Runs `work` on every item, `width` of them at a time. The first failure ends the iteration. */
export async function inParallel<Item>(
  items: Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // One generator for all: a worker that fails closes it, and the others find it done.
  const shared = each(items)
  const worker = async (): Promise<void> => {
    for (const item of shared) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

function* each<Item>(items: Iterable<Item>): Generator<Item, void, undefined> {
  yield* items
}
