// What tests need that no program does: snapshots and faults of the engine, clocks, backends, checks. See docs/testing.md.

/** The seed of a test's chance: drawn anew each time, unless the environment names one to repeat. */
import { shown } from '../../native/values/describe.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { hostEnvironment } from '../../native/environment/environment.ts'

/** The variable that repeats what a seed did. */
export const SEED_VARIABLE = 'FDBKIT_TEST_SEED'

/** Seeds are printed and typed in again: not longer than need be. */
const SEEDS = 2 ** 32

/** @throws TypeError for what is no seed; `what` begins the message. */
export function checkSeed(seed: unknown, what: string): asserts seed is number {
  if (Number.isSafeInteger(seed) && (seed as number) >= 0) return
  throw new TypeError(`${what} is an integer, 0 or more, not ${shown(seed)}`)
}

/** That of `FDBKIT_TEST_SEED`, or a new one. */
export function nextSeed(environment: Environment = hostEnvironment): number {
  const given = process.env[SEED_VARIABLE] ?? ''
  if (given === '') return Math.floor(environment.random() * SEEDS)
  const seed = /^\d+$/.test(given) ? Number(given) : Number.NaN
  checkSeed(seed, SEED_VARIABLE)
  return seed
}
