// What scripts say: to standard error, since standard output belongs to the command that they run for.
import { SetupError } from './compiler.mjs'

export const logToStderr = (line) => console.error(`fdbkit: ${line}`)

/** Runs `main`, and prints what the user can mend as one line. */
export async function withClearErrors(main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`fdbkit: ${error.message}`)
    process.exit(1)
  }
}
