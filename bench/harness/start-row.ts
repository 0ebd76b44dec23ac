/** Rows of a process's life: how soon it has read, how much memory it holds idle, and after long work. */
import type { Round } from '../contenders/meter.ts'
import { ContenderProcess } from './contender-process.ts'
import type { Row, Who } from './rows.ts'

const MILLION = 1_000_000
/** Of a round of long work, in seconds. */
const PART = 1

/** One process, from its start. */
export async function startRound(row: Row, who: Who, cluster: string | undefined): Promise<Round> {
  const isLong = row.row === 'steady'
  const inner: Row = { ...row, program: 'client', row: 'get-in-own', lanes: isLong ? 100 : 1 }
  const begin = performance.now()
  const contender = new ContenderProcess(inner, who, cluster)
  try {
    // A round of no time is one operation.
    const first = await contender.round(0)
    const seconds = (performance.now() - begin) / 1000
    if (isLong) return await longWork(contender, row.size)
    return { ...first, operations: 1, seconds, p50: seconds * 1e6, p99: 0, p999: 0 }
  } finally {
    await contender.end()
  }
}

async function longWork(contender: ContenderProcess, operations: number): Promise<Round> {
  let [done, seconds, cpuSeconds] = [0, 0, 0]
  let peakOfFirstMillion = 0
  for (;;) {
    const round = await contender.round(PART)
    done += round.operations
    seconds += round.seconds
    cpuSeconds += round.cpuSeconds
    if (peakOfFirstMillion === 0 && done >= Math.min(MILLION, operations)) {
      peakOfFirstMillion = round.peakBytes
    }
    if (done >= operations) {
      return { ...round, operations: done, seconds, cpuSeconds, peakOfFirstMillion }
    }
  }
}
