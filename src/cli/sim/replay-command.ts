/** The command that shows a failure again: it can be pasted into a shell. */

export interface ReplayFlags {
  /** Undefined: the embedded engine. */
  readonly fdbserver: string | undefined
  readonly interface?: string | undefined
  readonly buggify: boolean
  readonly workload: string
  readonly module?: string | undefined
  readonly timeout: number
  readonly replay: boolean
  /** Faults that are left out. */
  readonly without?: readonly string[] | undefined
  readonly traceEvents?: readonly string[] | undefined
  readonly oracle?: string | undefined
  /** As `--program` has it. */
  readonly program?: unknown
}

export const DEFAULT_TIMEOUT = 600

/** Every option that a run depends on is in it. */
export function replayCommand(file: string, flags: ReplayFlags, seed: number): string {
  const parts = ['fdbkit', 'sim', file, '--seed', String(seed)]
  if (flags.fdbserver === undefined) parts.push('--embedded')
  else parts.push('--fdbserver', flags.fdbserver)
  if (flags.interface !== undefined) parts.push('--interface', flags.interface)
  if (!flags.buggify) parts.push('--buggify', 'off')
  const { without = [] } = flags
  if (without.length > 0) parts.push('--without', without.join(','))
  if (flags.workload !== 'default') parts.push('--workload', flags.workload)
  if (flags.module !== undefined) parts.push('--module', flags.module)
  if (flags.timeout !== DEFAULT_TIMEOUT) parts.push('--timeout', String(flags.timeout))
  if (flags.traceEvents !== undefined) parts.push('--trace-events', flags.traceEvents.join(','))
  if (flags.oracle !== undefined) parts.push('--oracle', flags.oracle)
  if (typeof flags.program === 'string') parts.push('--program', flags.program)
  else if (flags.program !== undefined) parts.push('--program', JSON.stringify(flags.program))
  if (flags.replay) parts.push('--replay')
  return parts.map(quote).join(' ')
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
