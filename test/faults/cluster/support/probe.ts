/** One call of a client with other settings, in a process of its own that ends by itself. */
import { runProgram, type Ended } from '../../../support/processes/run-program.ts'

/** What became of it. */
export interface Probed extends Ended {
  /** `value`, or the error: its name, code and message. */
  readonly said: string
}

/** @param options of `open`; the call has a timeout. */
export async function probe(
  options: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<Probed> {
  const source = `
    import { inspect } from 'node:util'
    import { open } from 'fdbkit'
    let db
    try {
      db = open(${JSON.stringify(options)})
      await db.get('probe', { timeout: 3000 })
      console.log('value')
    } catch (error) {
      console.log(error.name, error.code, error.message)
      // All that a program may print of it.
      console.error(inspect(error, { depth: 9, showHidden: true }))
    }
    db?.close()`
  const ended = await runProgram(source, 'module', { FDBKIT_ENGINE: '', ...environment })
  return { ...ended, said: ended.stdout.trim() }
}
