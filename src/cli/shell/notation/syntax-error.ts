/** What was typed doesn't parse: nothing was done. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError'
  /** Where in the line that shows, from 0. */
  readonly column: number

  constructor(message: string, column: number) {
    super(message)
    this.column = column
  }
}
