import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { packageRoot } from '../native/engine-path.ts'
import { buildCommand } from './commands/build.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { enginePathCommand } from './commands/engine-path.ts'
import { stackTesterCommand } from './commands/stack-tester.ts'
import { shellCommand } from './commands/shell.ts'
import { simCommand } from './commands/sim.ts'
import { traceCommand } from './commands/trace.ts'
import { LibraryNotFoundError } from '../native/library.ts'
import { CommandError, SilentFailure, SilentUsageError, UsageError } from './errors.ts'

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const

const commands = [
  enginePathCommand,
  buildCommand,
  demoCommand,
  doctorCommand,
  shellCommand,
  stackTesterCommand,
  traceCommand,
  simCommand,
]

function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function createProgram(): Command {
  const program = new Command('fdbkit')
    .description('FoundationDB for TypeScript: the embedded engine and tools around the client.')
    .version(packageVersion())
    .showHelpAfterError('(add --help for usage)')
    .exitOverride()
  for (const create of commands) program.addCommand(inherit(create(), program))
  return program
}

/** Exit codes and error texts go down to the commands of a command. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent)
  for (const below of command.commands) inherit(below, command)
  return command
}

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
  if (error instanceof CommandError || error instanceof LibraryNotFoundError) {
    console.error(`error: ${error.message}`)
    return EXIT.failed
  }
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
