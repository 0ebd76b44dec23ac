/** One contender of one row: a process that answers rounds. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Round } from '../contenders/meter.ts'
import { cContender, contenderEnvironment, contenderProgram, mustExist } from './places.ts'
import type { Row, Who } from './rows.ts'

const NAMES: Record<Row['program'], Partial<Record<Who, string>>> = {
  client: { fdbkit: 'fdbkit', peer: 'foundationdb' },
  workers: { fdbkit: 'fdbkit' },
  tuple: { fdbkit: 'fdbkit', peer: 'fdb-tuple' },
  tasks: { fdbkit: 'fdbkit', peer: 'plain' },
  start: {},
}

export class ContenderProcess {
  readonly who: Who
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #errors = ''

  constructor(row: Row, who: Who, cluster: string | undefined) {
    this.who = who
    const size = [row.row, String(row.lanes), String(row.size)]
    const [program, args] =
      who === 'c'
        ? [mustExist(cContender), [...size, ...(cluster === undefined ? [] : [cluster])]]
        : [
            process.execPath,
            [contenderProgram(row.program), NAMES[row.program][who] as string, ...size],
          ]
    this.#child = spawn(program, args, { env: contenderEnvironment(cluster) })
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()))
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** One round of so many seconds. */
  async round(seconds: number): Promise<Round> {
    this.#child.stdin.write(`${seconds}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`${this.who} ended: ${this.#errors.trim()}`)
    return JSON.parse(line.value) as Round
  }

  async end(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('close', () => resolve()))
    this.#child.stdin.end()
    await ended
  }
}
