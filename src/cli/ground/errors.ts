/** The arguments are wrong: printed with a hint at `--help`, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command failed in a way that its message explains in full: printed alone, exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** The command failed and has said so on standard output: nothing more is printed, exit code 1. */
export class SilentFailure extends Error {
  override readonly name = 'SilentFailure'
}

/** The input was wrong, and the command has said so: nothing more is printed, exit code 2. */
export class SilentUsageError extends Error {
  override readonly name = 'SilentUsageError'
}

/** What was thrown need not be an error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
