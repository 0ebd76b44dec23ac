/** Where a test is simulated, and whether the oracle looks on. */
import type { OracleMode } from '../../simulation/oracle/oracle.ts'
import { UsageError } from '../ground/errors.ts'
import { findFdbserver } from './run/find-fdbserver.ts'
import { embeddedSimulator } from './run/simulator.ts'
import type { TestFile } from './run/test-file.ts'
import type { SimulateFlags } from './simulate-flags.ts'

/** The program of fdbserver; undefined: the embedded engine, also where there is no fdbserver. */
export function chooseSimulator(flags: SimulateFlags, test: TestFile): string | undefined {
  const fdbserver = flags.embedded === true ? undefined : findFdbserver(flags.fdbserver)
  if (fdbserver !== undefined) return fdbserver
  if (flags.interface !== undefined) {
    throw new UsageError(
      '--interface says how fdbserver loads workloads, and there is no fdbserver',
    )
  }
  embeddedSimulator()
  if (flags.embedded !== true) {
    console.error(
      'There is no fdbserver on the PATH, nor in FDBKIT_FDBSERVER: the simulation runs on the embedded engine.',
    )
  }
  if (test.onlyFdbserver !== undefined && test.onlyFdbserver.length > 0) {
    console.error(`Without effect on the embedded engine: ${test.onlyFdbserver.join(', ')}.`)
  }
  return undefined
}

/**
 * By itself where nothing else writes. A native workload's writes pass it by, so beside one it has to be asked for.
 * Undefined: off.
 */
export function chooseOracle(
  asked: SimulateFlags['oracle'],
  fdbserver: string | undefined,
  test: TestFile,
): OracleMode | undefined {
  if (asked !== undefined) return asked === 'off' ? undefined : asked
  if (fdbserver !== undefined) return undefined
  if (test.isOnlyOurs !== false) return 'on'
  console.error(
    'Without the oracle, unless --oracle on: a native workload of the test writes, too.',
  )
  return undefined
}
