import { Command } from 'commander'
import { clusterFileOf, seconds, toMilliseconds } from './arguments.ts'
import { SilentFailure, SilentUsageError, UsageError } from '../ground/errors.ts'

interface ShellFlags {
  readonly cluster?: string
  readonly embedded?: true
  readonly write?: true
  readonly exec?: string
  readonly full?: true
  readonly timeout: number
}

export function shellCommand(): Command {
  return new Command('shell')
    .description(
      'look at and change data: a shell in the manner of fdbcli, with tuples and directories',
    )
    .option('--cluster <file>', 'the cluster file; without it, the one that the client would take')
    .option('--embedded', 'an empty database of the embedded engine, not a cluster')
    .option('--write', 'allow writes to the cluster from the start (`writemode on` does it later)')
    .option('--exec <commands>', 'carry out these commands, separated by ;, and leave')
    .option('--full', 'print long values whole')
    .option(
      '--timeout <seconds>',
      'how long to wait for the cluster, and for a command of --exec or of a pipe',
      seconds,
      10,
    )
    .action(async (flags: ShellFlags) => shell(flags))
}

async function shell(flags: ShellFlags): Promise<void> {
  const clusterFile = clusterOf(flags)
  const { connect } = await import('../ground/connect.ts')
  const { historyFile } = await import('../shell/console/history.ts')
  const { runShell } = await import('../shell/console/run-shell.ts')
  const timeoutMs = toMilliseconds(flags.timeout)
  const db = await connect({ clusterFile, timeoutMs })
  try {
    const result = await runShell({
      db,
      database:
        clusterFile === undefined
          ? 'The embedded engine, in memory: what you write is gone when you leave.'
          : `The cluster of ${clusterFile}.`,
      writable: clusterFile === undefined || flags.write === true,
      full: flags.full === true,
      input: process.stdin,
      output: process.stdout,
      errors: process.stderr,
      isTerminal: process.stdin.isTTY && process.stdout.isTTY,
      exec: flags.exec,
      timeoutMs,
      historyFile: historyFile(process.env),
    })
    if (result === 'syntax') throw new SilentUsageError()
    if (result === 'failed') throw new SilentFailure()
  } finally {
    db.close()
  }
}

/** Undefined for the embedded engine. */
function clusterOf({ cluster, embedded }: ShellFlags): string | undefined {
  if (cluster !== undefined && embedded === true) {
    throw new UsageError('--cluster and --embedded exclude each other')
  }
  const isEngine = cluster === undefined && process.env['FDBKIT_ENGINE'] === 'embedded'
  return embedded === true || isEngine ? undefined : clusterFileOf(cluster)
}
