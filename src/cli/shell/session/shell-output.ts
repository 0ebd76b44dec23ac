/** Where the shell prints. */
export interface ShellOutput {
  /** What was asked for. */
  line(text: string): void
  /** What is said about it: on a terminal among the results, elsewhere apart from them. */
  note(text: string): void
  error(text: string): void
  /** What comes by itself, also while a line is being typed. */
  notice(text: string): void
  /** Settles when what was printed is on its way, so that a long listing doesn't fill the memory. */
  drain(): Promise<void>
}
