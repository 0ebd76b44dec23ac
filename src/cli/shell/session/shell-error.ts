/** A command of the shell could not be done; the message says why. */
export class ShellError extends Error {
  override readonly name = 'ShellError'
}

/** A command was ended by Ctrl-C, or took too long. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}
