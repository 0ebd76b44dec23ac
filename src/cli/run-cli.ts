import { Command, CommanderError } from 'commander'
import { bothBackendsCommand } from './commands/both-backends.ts'
import { buildCommand } from './commands/build.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { hasCities } from './demo/geography/city-file.ts'
import { enginePathCommand } from './commands/engine-path.ts'
import { helpCommand } from './commands/help.ts'
import { stackTesterCommand } from './commands/stack-tester.ts'
import { shellCommand } from './commands/shell.ts'
import { simCommand } from './commands/sim.ts'
import { traceCommand } from './commands/trace.ts'
import { FDBError, FDBStateError } from '../native/errors/errors.ts'
import { LibraryNotFoundError } from '../native/library/not-found.ts'
import { CommandError, SilentFailure, SilentUsageError, UsageError } from './ground/errors.ts'
import { VERSION } from '../native/values/version.ts'

/** Exit codes of the command line. `brokenPipe` is that of a program that SIGPIPE ended. */
export const EXIT = { ok: 0, failed: 1, usage: 2, brokenPipe: 141 } as const

/** In the order in which help lists them. */
const commands = [
  doctorCommand,
  shellCommand,
  demoCommand,
  simCommand,
  traceCommand,
  bothBackendsCommand,
  enginePathCommand,
  buildCommand,
]

/** Not listed: the demo where its data is missing, and what only FoundationDB's own tester calls. */
const isHidden = (command: Command): boolean => command.name() === 'demo' && !hasCities()

function createProgram(): Command {
  const program = new Command('fdbkit')
    .description('FoundationDB for TypeScript: the embedded engine and tools around the client.')
    .version(VERSION)
    .showHelpAfterError('(add --help for usage)')
    .exitOverride()
    // Behind the name of a command are its own options, also those that have the name of another's above it.
    .enablePositionalOptions()
  for (const create of commands) {
    const command = create()
    program.addCommand(command, { hidden: isHidden(command) })
  }
  program.addCommand(stackTesterCommand(), { hidden: true })
  for (const command of program.commands) inherit(command, program)
  return withHelp(program)
}

/** Exit codes and error texts go down to the commands of a command. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent)
  for (const below of command.commands) inherit(below, command)
}

/** Commander's own help prints the whole help for a name that it does not know, and says nothing of the name. */
function withHelp(command: Command): Command {
  if (command.commands.length === 0) return command
  for (const below of command.commands) withHelp(below)
  const help = helpCommand(command)
  help.copyInheritedSettings(command)
  return command.helpCommand(false).addCommand(help)
}

/** Errors whose message says what to do; a stack would only hide it. */
const EXPLAINED = [CommandError, LibraryNotFoundError, FDBError, FDBStateError]

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its help or its message already.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
  if (error instanceof UsageError) {
    console.error(`error: ${error.message}\n(add --help for usage)`)
    return EXIT.usage
  }
  if (error instanceof SilentFailure) return EXIT.failed
  if (error instanceof SilentUsageError) return EXIT.usage
  if (EXPLAINED.some((kind) => error instanceof kind)) {
    console.error(`error: ${(error as Error).message}`)
    return EXIT.failed
  }
  // A defect of ours, or of a program that was to be run: where it came from matters.
  console.error(error)
  return EXIT.failed
}

/** Runs `fdbkit ARGS` and returns its exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    return report(error)
  }
}

/** Ends the process quietly when nobody reads what it prints, as in `fdbkit demo | head -1`. */
export function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit(EXIT.brokenPipe)
    })
  }
}
