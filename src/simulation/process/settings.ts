/** What the environment says to the workload process; a workload itself sees none of it. */

import { ORACLE_MODES, type OracleMode } from '../oracle/oracle.ts'

/** Events that are traced on request. */
export const TRACE_EVENTS = ['tasks', 'transactions'] as const

export type TraceEvents = (typeof TRACE_EVENTS)[number]

export interface Settings {
  /** The author's module. */
  readonly module: string
  /** A folder for what can be used again by the next simulation; empty: none. */
  readonly cache: string
  /** Let Node's event loop drain, also where its tick callback could. */
  readonly drainByLoop: boolean
  /** Wait there for a debugger. */
  readonly inspectPort: number | undefined
  readonly traceEvents: readonly TraceEvents[]
  /** Whether transactions are checked, and how strictly. */
  readonly oracle: OracleMode | undefined
  /** What of a drawn program is left out; empty: nothing. */
  readonly program: string
  /** A file for all that passes the bridge; empty: none. */
  readonly calls: string
}

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const port = environment['FDBKIT_SIM_INSPECT'] ?? ''
  return {
    module: environment['FDBKIT_SIM_MODULE'] ?? '',
    cache: environment['FDBKIT_SIM_CACHE'] ?? '',
    drainByLoop: environment['FDBKIT_SIM_DRAIN'] === 'loop',
    inspectPort: port === '' ? undefined : Number(port),
    program: environment['FDBKIT_SIM_PROGRAM'] ?? '',
    calls: environment['FDBKIT_SIM_CALLS'] ?? '',
    oracle: ORACLE_MODES.find((mode) => mode === environment['FDBKIT_SIM_ORACLE']),
    traceEvents: parseTraceEvents(environment['FDBKIT_SIM_TRACE_EVENTS'] ?? ''),
  }
}

/** Names between commas. Throws RangeError, which says what there is. */
export function parseTraceEvents(text: string): TraceEvents[] {
  const names = text.split(',').filter((name) => name !== '')
  return names.map((name) => {
    const known = TRACE_EVENTS.find((one) => one === name)
    if (known !== undefined) return known
    throw new RangeError(`there are no events ${name} to trace, only ${TRACE_EVENTS.join(', ')}`)
  })
}
