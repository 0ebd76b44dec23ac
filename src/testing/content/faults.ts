/** Faults of a database of the engine: what a cluster does now and then, drawn from a seed. */
import { shown } from '../../native/values/describe.ts'
import { setFaults, type FaultNumbers } from '../../future/handles/engine-calls.ts'
import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import { checkSeed } from '../ground/seeds.ts'
import { engineOf, type AnyDatabase } from './engine-of.ts'

/** How often each kind of fault happens, from 0 (never, and so unless given) to 1 (each time it could). */
export interface FaultRates {
  /** A commit of a transaction that has read fails with `not_committed` (1020). */
  conflicts?: number
  /** A commit fails with `commit_unknown_result` (1021): every other one of them was applied. */
  unknownCommits?: number
  /** A read is answered up to 10 ms later, behind calls that were made after it. */
  slowReads?: number
  /** A read or a commit fails with `transaction_too_old` (1007). */
  tooOld?: number
  /** What a busy cluster answers: 1078 or 1051 for a read version, 1009 or 1037 for a read, 1042 for a commit. */
  overload?: number
}

const RATES = knownOptions<FaultRates>('faults', {
  conflicts: true,
  unknownCommits: true,
  slowReads: true,
  tooOld: true,
  overload: true,
})

/** Rates by name: one kind of fault, or `everything`. */
export type FaultPreset = 'conflicts' | 'unknownCommits' | 'slowReads' | 'tooOld' | 'everything'

/** Often enough that a short test meets some, seldom enough that retries come to an end. */
const PRESETS: Readonly<Record<FaultPreset, FaultRates>> = {
  conflicts: { conflicts: 0.3 },
  unknownCommits: { unknownCommits: 0.3 },
  slowReads: { slowReads: 0.3 },
  tooOld: { tooOld: 0.15 },
  everything: {
    conflicts: 0.1,
    unknownCommits: 0.1,
    slowReads: 0.1,
    tooOld: 0.05,
    overload: 0.05,
  },
}

/** In each thousand chances. @throws TypeError for a name or a rate that is none. */
export function faultNumbers(faults: FaultPreset | FaultRates): FaultNumbers {
  if (faults === undefined) throw new TypeError('faults must be a preset or rates, not undefined')
  if (typeof faults === 'string' && !Object.hasOwn(PRESETS, faults)) {
    const names = Object.keys(PRESETS).join(', ')
    throw new TypeError(`${faults} is no preset of faults: there are ${names}`)
  }
  const rates: FaultRates = typeof faults === 'string' ? PRESETS[faults] : faults
  checkOptions(RATES, rates)
  const { conflicts, unknownCommits, slowReads, tooOld, overload } = rates
  return {
    conflicts: thousandths('conflicts', conflicts),
    unknownCommits: thousandths('unknownCommits', unknownCommits),
    slowReads: thousandths('slowReads', slowReads),
    tooOld: thousandths('tooOld', tooOld),
    overload: thousandths('overload', overload),
  }
}

function thousandths(name: string, rate: number | undefined): number {
  if (rate === undefined) return 0
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
    throw new TypeError(`${name} of faults is a number from 0 to 1, not ${shown(rate)}`)
  }
  return Math.round(rate * 1000)
}

/**
 * Lets calls of a database of the engine meet faults from now on: of this handle, of its scopes, tenants and
 * transactions. The same calls in the same order meet the same ones for the same seed. `{}` ends it.
 *
 * @param faults a preset, or a rate for each kind.
 * @param seed an integer, 0 or more.
 * @throws TypeError for wrong rates; FDBStateError on a cluster.
 * @example
 * injectFaults(db, { conflicts: 0.5 }, 42)
 * await db.doTransaction(async (tn) => tn.set('b', (await tn.get('a')) ?? 'none'))
 * injectFaults(db, {}, 0)
 */
export function injectFaults(
  db: AnyDatabase,
  faults: FaultPreset | FaultRates,
  seed: number,
): void {
  const handle = engineOf(db, 'injectFaults')
  const numbers = faultNumbers(faults)
  checkSeed(seed, 'seed of injectFaults')
  setFaults(handle, seed, numbers)
}
