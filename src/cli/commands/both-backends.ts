import { Command } from 'commander'
import { CommandError, SilentFailure } from '../ground/errors.ts'

export function bothBackendsCommand(): Command {
  return new Command('both-backends')
    .description(
      'run the command of a test runner on the engine, and on a throw-away cluster if it can',
    )
    .argument('<program>', 'what is run')
    .argument('[arguments...]', 'its arguments, behind --')
    .action(async (program: string, args: readonly string[]) => {
      const { onBothBackends } = await import('../../testing/backends/on-both-backends.ts')
      const code = await onBothBackends([program, ...args]).catch(
        (error: NodeJS.ErrnoException) => {
          throw error.code === 'ENOENT' ? new CommandError(`there is no program ${program}`) : error
        },
      )
      // The command has said what is wrong.
      if (code !== 0) throw new SilentFailure()
    })
}
