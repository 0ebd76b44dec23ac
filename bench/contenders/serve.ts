/** The side of a contender: rounds are asked for on standard input, one a line, and answered on standard output. */
import { createInterface } from 'node:readline'
import { Meter } from './meter.ts'

/** What a row is measured with. */
export interface Size {
  /** Operations in flight. */
  readonly lanes: number
  /** Rows, bytes or calls: what the row says. */
  readonly size: number
}

/** One round of a row. */
export type RunRound = (meter: Meter, seconds: number) => Promise<void> | void

/** Answers rounds until the input ends. Each is asked for by the seconds that it lasts. */
export async function serve(run: RunRound): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const seconds = Number(line)
    const meter = new Meter(seconds)
    await run(meter, seconds)
    console.log(JSON.stringify(meter.result()))
  }
}

/** The command line of a contender: who it is, the row, and its size. */
export function contenderArguments(): { who: string; row: string; size: Size } {
  const [who = '', row = '', lanes = '1', size = '0'] = process.argv.slice(2)
  return { who, row, size: { lanes: Number(lanes), size: Number(size) } }
}
