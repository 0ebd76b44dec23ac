/** What `fdbkit sim` is told. */
import type { OracleMode } from '../../simulation/oracle/oracle.ts'
import type { WorkloadInterface } from './run/server.ts'
import type { SmallProgram } from './shrink/small-program.ts'

export interface SimulateFlags {
  readonly seed?: number
  /** Without a last one, as many as the budget has time for. */
  readonly seeds?: { readonly first: number; readonly last?: number }
  readonly jobs: number
  /** Others simulate on this machine, too, so no processor is this one's. */
  readonly unpinned?: true
  readonly fdbserver?: string
  readonly embedded?: true
  readonly interface?: WorkloadInterface
  readonly module?: string
  readonly workload: string
  readonly buggify: boolean
  /** Faults to go without, by their names. */
  readonly without?: readonly string[]
  /** Each seed draws its own. */
  readonly swarm?: true
  readonly trace?: string
  readonly replay?: true
  readonly untilFailure?: true
  readonly timeout: number
  /** Seconds of the machine in which seeds are begun. */
  readonly budget?: number
  /** A file of seeds that have failed. */
  readonly failures?: string
  /** Where the results are written for a build server. */
  readonly junit?: string
  /** Where the page of the first failure is written, or of a single seed. */
  readonly report?: string
  readonly traceEvents?: readonly string[]
  readonly inspect?: number
  readonly oracle?: OracleMode | 'off'
  /** Seconds of the machine for making the first failing program smaller. */
  readonly shrink?: number
  /** A program that was made smaller. */
  readonly program?: SmallProgram
}
