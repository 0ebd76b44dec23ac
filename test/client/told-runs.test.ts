// What a run tells of itself to who listens: its attempts, what each conflicted with, and how it ended.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { wantConflicts } from '../../src/client/run/conflicting-ranges.ts'
import type { Transaction } from '../../src/index.ts'
import { FDBError } from '../../src/index.ts'
import { LIFECYCLE_CHANNEL, type LifecycleEvent } from '../../src/future/wakers/lifecycle.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())
const scope = emptyScope(db, 'told-runs')

const OF_RUNS = ['run', 'attempt', 'conflict', 'failed', 'committed', 'finished']
/** Ranges of one conflict that are told at most. */
const MOST = 16

/** The events of the run with that name, and nothing of others. */
async function eventsOf(name: string, run: () => Promise<unknown>): Promise<LifecycleEvent[]> {
  const events: LifecycleEvent[] = []
  const listen = (message: unknown): void => void events.push(message as LifecycleEvent)
  subscribe(LIFECYCLE_CHANNEL, listen)
  try {
    await run().catch(() => undefined)
  } finally {
    unsubscribe(LIFECYCLE_CHANNEL, listen)
  }
  const id = events.find((event) => event.type === 'run' && event.name === name)?.runId
  expect(id).toBeGreaterThan(0)
  return events.filter(({ runId, type }) => runId === id && OF_RUNS.includes(type))
}

const shown = ({ type, attempt, error }: LifecycleEvent): string =>
  [type, attempt, ...(error === undefined ? [] : [error])].join(' ')

const KEYS = Array.from({ length: 24 }, (_, i) => `k${String(i).padStart(2, '0')}`)

/** Reads all keys; before its first commit others write some. */
const conflicting = (changed: readonly string[]) => {
  let attempts = 0
  return async (tn: Transaction): Promise<void> => {
    for (const key of KEYS) await tn.get(key)
    tn.set('x', '')
    if (attempts++ > 0) return
    await scope.doTransaction((other) => {
      for (const key of changed) other.set(key, 'changed')
    })
  }
}

test('a conflict is told with its ranges, for as long as somebody wants them', async () => {
  const anyKeys = fc.subarray(KEYS, { minLength: 1 })
  const wish = fc.constantFrom('asked for', 'wanted', 'reported', 'over', 'none')
  await fc.assert(
    fc.asyncProperty(anyKeys, wish, async (changed, how) => {
      const forgo =
        how === 'none' ? undefined : wantConflicts(how === 'asked for' || how === 'over')
      if (how === 'over') {
        // A second time it does nothing: others may want them still.
        forgo!()
        forgo!()
      }
      const reports = how === 'reported' ? ({ report_conflicting_keys: true } as const) : undefined
      const options = { name: 'mine', ...reports }
      const events = await eventsOf('mine', () =>
        scope.doTransaction(conflicting(changed), options),
      )
      forgo?.()
      const isTold = how === 'asked for' || how === 'reported'
      const ranges = isTold ? changed.slice(0, MOST) : []
      expect(events.map(shown)).toEqual([
        ...['run 0', 'attempt 1'],
        ...ranges.map(() => 'conflict 1'),
        expect.stringMatching(/^failed 1 not_committed.*1020/),
        ...['attempt 2', 'committed 2', 'finished 2'],
      ])
      const told = events.filter(({ type }) => type === 'conflict')
      const prefix = scope.getPrefix().toString()
      expect(told.map(({ key, endKey }) => [key, endKey].map(String))).toEqual(
        ranges.map((key) => [prefix + key, `${prefix}${key}\0`]),
      )
      for (const { place } of events.slice(1)) expect(place).toBe('RetryLoop::run')
    }),
    { numRuns: 40 },
  )
})

test('what fails otherwise has no conflict, and ends with its error', async () => {
  const forgo = wantConflicts(true)
  const retried = await eventsOf('retried', () =>
    scope.doTransaction(
      (_tn, { number }) => {
        if (number < 3) throw new FDBError(1007)
      },
      { name: 'retried' },
    ),
  )
  const tooOld = (attempt: number): unknown =>
    expect.stringMatching(`^failed ${attempt} transaction_too_old`)
  expect(retried.map(shown)).toEqual([
    ...['run 0', 'attempt 1', tooOld(1), 'attempt 2', tooOld(2), 'attempt 3'],
    ...['committed 3', 'finished 3'],
  ])
  const failed = await eventsOf('fails', () =>
    scope.doTransaction(
      () => {
        throw new RangeError('mine')
      },
      { name: 'fails' },
    ),
  )
  expect(failed.map(shown)).toEqual([
    ...['run 0', 'attempt 1', 'failed 1 RangeError: mine', 'finished 1 RangeError: mine'],
  ])
  forgo()
})

test('a run is named by its option, or by its function', async () => {
  async function byFunction(tn: Transaction): Promise<void> {
    await tn.get('a')
  }
  expect(await eventsOf('byFunction', () => scope.doTransaction(byFunction))).toHaveLength(4)
  const named = { name: 'by option' }
  expect(await eventsOf('by option', () => scope.doTransaction(byFunction, named))).toHaveLength(4)
})
