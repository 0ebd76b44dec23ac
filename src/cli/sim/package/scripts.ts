/** The two programs that Joshua's agent starts, in the folder that it has unpacked the archive into. */
import type { Mode } from '../joshua/run-packed.ts'
import { testLine } from '../joshua/test-line.ts'

export interface ScriptOptions {
  readonly mode: Mode
  /** The path of the program in the archive. */
  readonly main: string
  readonly version: string
  /** Node is in the archive. */
  readonly hasNode: boolean
}

/** The shell becomes Node, so that what ends it ends the run. */
export function scriptOf({ mode, main, version, hasNode }: ScriptOptions): string {
  const problem = 'there is no node on the PATH: see --node of fdbkit sim package'
  const line = testLine({ version, joshuaSeed: undefined, problem })
  return [
    '#!/bin/sh',
    mode === 'test'
      ? '# One seed of the tests in here, by JOSHUA_SEED: a line of XML, and 0 when it passed.'
      : '# What is told of a seed that the agent has ended: a line of XML.',
    'cd "$(dirname "$0")" || exit 1',
    ...(hasNode ? [] : [`command -v node >/dev/null || { echo ${quoted(line)}; exit 1; }`]),
    `exec ${hasNode ? './node' : 'node'} ${quoted(main)} ${mode}`,
    '',
  ].join('\n')
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
