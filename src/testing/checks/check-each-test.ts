/** Looks at each test behind its end: prints the seeds of one that failed, and fails one that left something behind. */
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { beginRecord, describeSeed, recorded } from '../databases/test-records.ts'
import { Standing, keepPlaces } from './leaks.ts'
import { hasFailed } from './outcome.ts'

/** The two hooks of a test runner, as vitest, jest and `node:test` have them. */
export interface TestHooks {
  /** Runs before each test. */
  beforeEach(hook: () => void): unknown
  /** Runs behind each test; fails it when it rejects. */
  afterEach(hook: () => Promise<void>): unknown
}

/** What {@link checkEachTest} looks at. */
export interface CheckEachTestOptions {
  /** Whether a test fails that leaves native handles, wakers or tasks behind. Default: true. */
  leaks?: boolean | undefined
}

const KNOWN = knownOptions<CheckEachTestOptions>('checkEachTest', { leaks: true })

/**
 * Has each test of a file checked, or of all files when a set-up file of the runner calls it:
 *
 * - Of a test that failed, the seeds of its faults are printed, and how to repeat them.
 * - A test that leaves native handles, wakers or tasks behind fails, and reads where they were made. What was there
 *   before the test, as what `beforeAll` has opened, does not count.
 *
 * @param hooks the functions of the test runner.
 * @throws TypeError for hooks that are none.
 * @example
 * import { afterEach, beforeEach } from 'node:test'
 * checkEachTest({ beforeEach, afterEach })
 */
export function checkEachTest(hooks: TestHooks, options: CheckEachTestOptions = {}): void {
  checkOptions(KNOWN, options)
  const { leaks = true } = options
  for (const name of ['beforeEach', 'afterEach'] as const) {
    if (typeof hooks?.[name] === 'function') continue
    throw new TypeError('hooks of checkEachTest are the beforeEach and afterEach of a test runner')
  }
  if (leaks) keepPlaces()
  let before: Standing | undefined
  hooks.beforeEach(() => {
    beginRecord()
    before = leaks ? new Standing() : undefined
  })
  // Jest takes a hook with a parameter for one that calls back.
  hooks.afterEach(async (...given: readonly unknown[]) => {
    if (hasFailed(given) !== false)
      for (const drawn of recorded()) console.error(describeSeed(drawn))
    const left = await before?.leaks()
    if (left !== undefined) throw new Error(`the test left behind ${left}`)
  })
}
