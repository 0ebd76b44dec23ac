/**
 * What every iterator of the package must do: what an ordinary generator over the same items does, whatever is called
 * on it, in which order, and whether the calls wait for each other or not.
 */
import fc from 'fast-check'
import { expect } from 'vitest'

/** One call. */
export interface Call {
  readonly method: 'next' | 'return' | 'throw'
  /** What is passed: a number; for `return` of an async iterator also a promise of one, or one that rejects. */
  readonly passes: 'nothing' | 'value' | 'promise' | 'rejection'
  /** The next call is made when this one is answered. */
  readonly waits: boolean
}

const call = (passes: Call['passes'][]): fc.Arbitrary<Call> =>
  fc.record({
    method: fc.oneof(
      { weight: 6, arbitrary: fc.constant('next' as const) },
      { weight: 1, arbitrary: fc.constantFrom('return' as const, 'throw' as const) },
    ),
    passes: fc.constantFrom(...passes),
    waits: fc.boolean(),
  })

export const syncCalls = fc.array(call(['nothing', 'value']), { maxLength: 8 })
export const asyncCalls = fc.array(call(['nothing', 'value', 'promise', 'rejection']), {
  maxLength: 12,
})

/** Ends any iterator: whatever came before, it is done from then on. */
const END: readonly Call[] = [
  { method: 'return', passes: 'nothing', waits: true },
  { method: 'next', passes: 'value', waits: true },
  { method: 'return', passes: 'value', waits: true },
  { method: 'next', passes: 'nothing', waits: true },
]

const PASSED = 42

function argumentsOf({ method, passes }: Call): unknown[] {
  if (passes === 'nothing') return []
  if (method !== 'return' || passes === 'value') return [PASSED]
  if (passes === 'promise') return [Promise.resolve(PASSED)]
  const rejection = Promise.reject(new Error('passed'))
  // It may be a while until its turn comes.
  rejection.catch(() => undefined)
  return [rejection]
}

type Answer = { readonly call: number } & (
  { readonly done: boolean; readonly value: unknown } | { readonly error: unknown }
)

interface AnyIterator {
  next(...values: unknown[]): unknown
  return?(...values: unknown[]): unknown
  throw?(...values: unknown[]): unknown
}

function make(iterator: AnyIterator, one: Call): unknown {
  return iterator[one.method]!(...argumentsOf(one))
}

/** The answers in the order in which they come. */
async function answersOf(
  iterator: AsyncIterator<unknown>,
  calls: readonly Call[],
): Promise<Answer[]> {
  const answers: Answer[] = []
  const pending: Promise<unknown>[] = []
  for (const [number, one] of [...calls, ...END].entries()) {
    const answered = (make(iterator as AnyIterator, one) as Promise<IteratorResult<unknown>>).then(
      ({ done = false, value }) => answers.push({ call: number, done, value }),
      (error: unknown) => answers.push({ call: number, error }),
    )
    pending.push(answered)
    if (one.waits) await answered
  }
  await Promise.all(pending)
  return answers
}

async function* generatorOf(
  items: readonly unknown[],
  failure: Error | undefined,
): AsyncGenerator<unknown> {
  yield* items
  if (failure !== undefined) throw failure
}

/** Where an iterator under test comes from. */
export interface AsyncSource {
  /** What it gives. */
  readonly items: readonly unknown[]
  /** What it fails with behind them. */
  readonly failure?: Error | undefined
  readonly iterator: AsyncIterator<unknown>
}

/** Compares an async iterator with an async generator; `seen` makes its values and errors comparable. */
export async function expectAsyncConformance(
  { items, failure, iterator }: AsyncSource,
  calls: readonly Call[],
): Promise<void> {
  expect((iterator as AsyncIterable<unknown> & typeof iterator)[Symbol.asyncIterator]()).toBe(
    iterator,
  )
  const expected = await answersOf(generatorOf(items, failure), calls)
  expect(await answersOf(iterator, calls)).toEqual(expected)
}

/** As `yield*` calls what it is over: it always passes what it was passed, be it undefined. */
function makeAsYieldStar(iterator: AnyIterator, one: Call): IteratorResult<unknown> {
  const passed = one.passes === 'nothing' ? [undefined] : argumentsOf(one)
  return iterator[one.method]!(...passed) as IteratorResult<unknown>
}

const names = new WeakMap<object, number>()
let count = 0

/** What a task waits for is no list, so that it can't be compared as one: which it is counts. */
function named(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return value
  if (!names.has(value)) names.set(value, ++count)
  return { waited: names.get(value) }
}

function syncAnswersOf(iterator: Iterator<unknown>, calls: readonly Call[]): unknown[] {
  return [...calls, ...END].map((one) => {
    try {
      const { done = false, value } = makeAsYieldStar(iterator as AnyIterator, one)
      return { done, value: named(value) }
    } catch (error) {
      return { error }
    }
  })
}

/** Compares an iterator with the one of a generator that yields these items and returns what the last is answered with. */
export function expectSyncConformance(
  iterator: Iterator<unknown>,
  reference: Iterator<unknown>,
  calls: readonly Call[],
): void {
  expect((iterator as Iterable<unknown> & typeof iterator)[Symbol.iterator]()).toBe(iterator)
  expect(syncAnswersOf(iterator, calls)).toEqual(syncAnswersOf(reference, calls))
}
