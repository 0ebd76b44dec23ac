/** The parts of a workload that fdbserver begins, by the numbers that the plugin gives them. */
export const PHASES = ['setup', 'start', 'check'] as const

export type PhaseName = (typeof PHASES)[number]
