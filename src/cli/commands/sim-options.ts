/** Options that `fdbkit sim` and `fdbkit sim package` have alike. */
import { Option } from 'commander'
import { DEFAULT_TIMEOUT } from '../sim/replay-command.ts'
import { exportName, names, onOff, timeout } from './sim-arguments.ts'

/** @param what behind it: whose workloads, and what holds without it. */
export const interfaceOption = (what: string): Option =>
  new Option('--interface <name>', what).choices(['c', 'libstdc++', 'libc++'])

export const workloadOption = (): Option =>
  new Option('--workload <name>', 'which export of a module')
    .argParser(exportName)
    .default('default')

export const buggifyOption = (): Option =>
  new Option('--buggify <on|off>', "the simulator's own faults")
    .argParser(onOff)
    .default(true, 'on')

export const withoutOption = (): Option =>
  new Option('--without <names>', 'leave out faults, by their names').argParser(names)

export const swarmOption = (): Option =>
  new Option('--swarm', 'each seed draws which of the faults it has')

export const oracleOption = (): Option =>
  new Option(
    '--oracle <on|off|strict>',
    'check that all transactions are serializable; strict: nor may a workload rely on luck ' +
      '(default: on with the embedded engine)',
  ).choices(['on', 'off', 'strict'])

export const replayOption = (): Option =>
  new Option('--replay', 'run each seed twice, and fail if the runs differ')

export const timeoutOption = (): Option =>
  new Option('--timeout <seconds>', 'real seconds that one simulation may take')
    .argParser(timeout)
    .default(DEFAULT_TIMEOUT)
