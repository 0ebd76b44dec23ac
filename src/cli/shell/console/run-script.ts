import type { LineResult, LineRunner } from './line-runner.ts'
import type { Session } from './session.ts'
import type { ShellOutput } from '../session/shell-output.ts'

/** How a script ended: by what its first failing line was. */
export type ScriptResult = Exclude<LineResult, 'exit'>

/** Carries lines out until one fails or says `exit`. A transaction that is open at the end is dropped, which is a failure. */
export async function runScript(
  session: Session,
  runner: LineRunner,
  lines: AsyncIterable<string> | Iterable<string>,
  output: ShellOutput,
  numbered: boolean,
): Promise<ScriptResult> {
  let result: ScriptResult = 'done'
  let number = 0
  for await (const line of lines) {
    number += 1
    const ended = await runner.run(line, numbered ? `line ${number}: ` : '')
    if (ended === 'exit') break
    if (ended === 'done') continue
    result = ended
    break
  }
  const dropped = await session.close()
  if (!dropped || result !== 'done') return result
  output.error('the transaction was not committed: what it wrote is dropped')
  return 'failed'
}
