/** What a simulation in fdbserver costs with a workload in TypeScript, against the same simulation with one in C++. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'
import { runSeed } from '../../src/cli/sim/run/run-seed.ts'
import { checkout } from './places.ts'
import { spreadOf } from './statistics.ts'

/** Both add to a counter and trace it. */
interface Length {
  readonly name: string
  /** Additions of each client. */
  readonly count: number
  /** Simulated seconds of the fault workloads, and whether fdbserver checks its copies at the end. */
  readonly faults: number
  readonly checks: boolean
  readonly seeds: readonly number[]
}

export const LENGTHS: readonly Length[] = [
  { name: 'short', count: 50, faults: 10, checks: false, seeds: [1, 3, 4, 5, 6] },
  { name: 'long', count: 100, faults: 600, checks: true, seeds: [1, 3, 4] },
  { name: 'dense', count: 1500, faults: 10, checks: false, seeds: [1] },
]

interface Cost {
  readonly wall: number
  readonly processor: number
  /** Of that, the Node process. */
  readonly node: number
}

const TIMEOUT = 300

/** A line of the table. Both take turns, so that what else the machine does is shared. */
export async function excess(length: Length, fdbserver: string): Promise<string> {
  const { name, count, seeds } = length
  const run = (seed: number, library: { readonly library?: string }): Promise<Cost> =>
    cost(fdbserver, seed, testOf(length), library)
  const twins: Cost[] = []
  const scripts: Cost[] = []
  for (const seed of seeds) {
    twins.push(await run(seed, { library: join(checkout, 'build/twin/libfdbkit_workload.so') }))
    scripts.push(await run(seed, {}))
  }
  const ratio = (of: (cost: Cost) => number): string => {
    const { median, least, most } = spreadOf(scripts.map((script, i) => of(script) / of(twins[i]!)))
    return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
  }
  const took = spreadOf(twins.map(({ wall }) => wall))
  const node = spreadOf(scripts.map((script) => script.node)).median
  return (
    `| ${name} | ${count} | ${took.least.toFixed(1)} to ${took.most.toFixed(1)} s | ${seeds.join(', ')} | ` +
    `${ratio(({ wall }) => wall)} | ${ratio(({ processor }) => processor)} | ${node.toFixed(2)} s |`
  )
}

function testOf({ count, faults, checks }: Length): string {
  const text = readFileSync(join(checkout, 'workloads/atomic.toml'), 'utf8')
    .replace(/^ *workloadName = .*$/m, `$&\n  count = ${count}`)
    .replaceAll(/^ *testDuration = .*$/gm, `  testDuration = ${faults}.0`)
  return checks ? text.replaceAll(/^(runConsistencyCheck|waitForQuiescence) = .*\n/gm, '') : text
}

async function cost(
  fdbserver: string,
  seed: number,
  text: string,
  library: { readonly library?: string },
): Promise<Cost> {
  const module = join(checkout, 'test/simulation/fixtures/twin.ts')
  const before = secondsOfChildren()
  let output = ''
  const { problem, realSeconds } = await runSeed({
    fdbserver,
    test: { text, module },
    seed,
    buggify: true,
    timeout: TIMEOUT,
    lane: 0,
    environment: { FDBKIT_SIM_STATS: '1' },
    onOutput: (heard) => (output += heard),
    ...library,
  })
  if (problem !== '') throw new Error(`seed ${seed} of the twin: ${problem}`)
  const node = Number(/node took ([\d.]+) s/.exec(output)?.[1] ?? 0)
  return { wall: realSeconds, processor: secondsOfChildren() - before + node, node }
}

const getrusage = koffi.load(null).func('int getrusage(int who, void *usage)')
const CHILDREN = -1

/** Processor time of all that was waited for, which the simulator is, and Node is not: it ends behind it. */
function secondsOfChildren(): number {
  const usage = Buffer.alloc(256)
  getrusage(CHILDREN, usage)
  const at = (offset: number): number => Number(usage.readBigInt64LE(offset))
  return at(0) + at(16) + (at(8) + at(24)) / 1e6
}
