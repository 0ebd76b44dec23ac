/** Which of the tests an agent runs, and under which seed: its own random number says both. */
import { UsageError } from '../../ground/errors.ts'

const NUMBER = /^\d{1,20}$/
const SEEDS = 2n ** 32n

export interface Drawn {
  /** From 0. */
  readonly test: number
  readonly seed: number
}

/** The lower 32 bits are the seed; what is above draws the test. So a number below is a seed of the first test. */
export function draw(joshuaSeed = '', tests: number): Drawn {
  if (!NUMBER.test(joshuaSeed)) {
    const given = joshuaSeed === '' ? 'not set' : joshuaSeed
    throw new UsageError(`JOSHUA_SEED must be a whole number, and is ${given}`)
  }
  const number = BigInt(joshuaSeed)
  return { test: Number((number / SEEDS) % BigInt(tests)), seed: Number(number % SEEDS) }
}
