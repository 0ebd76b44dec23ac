/** What a simulation in fdbserver costs with a workload in TypeScript, against the same simulation with one in C++. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'
import { runSeed } from '../../src/cli/sim/run/run-seed.ts'
import { checkout } from './places.ts'
import { spreadOf } from './statistics.ts'

/** Both add to a counter and trace it, so many times a client. */
interface Length {
  readonly name: string
  readonly count: number
  readonly seeds: readonly number[]
}

export const LENGTHS: readonly Length[] = [
  { name: 'less than 10 s', count: 50, seeds: [1, 3, 4, 5, 6] },
  { name: '10 s and more', count: 1500, seeds: [1, 3, 4] },
]

interface Cost {
  readonly wall: number
  readonly processor: number
  /** Of that, the Node process. */
  readonly node: number
}

const TIMEOUT = 300

/** A line of the table. Both take turns, so that what else the machine does is shared. */
export async function excess({ name, count, seeds }: Length, fdbserver: string): Promise<string> {
  const twins: Cost[] = []
  const scripts: Cost[] = []
  for (const seed of seeds) {
    twins.push(
      await cost(fdbserver, seed, count, {
        library: join(checkout, 'build/twin/libfdbkit_workload.so'),
      }),
    )
    scripts.push(await cost(fdbserver, seed, count, {}))
  }
  const ratio = (of: (cost: Cost) => number): string => {
    const { median, least, most } = spreadOf(scripts.map((script, i) => of(script) / of(twins[i]!)))
    return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
  }
  const took = spreadOf(twins.map(({ wall }) => wall))
  const node = spreadOf(scripts.map((script) => script.node)).median
  return (
    `| ${name}: ${took.least.toFixed(1)} to ${took.most.toFixed(1)} s | ${seeds.join(', ')} | ` +
    `${ratio(({ wall }) => wall)} | ${ratio(({ processor }) => processor)} | ${node.toFixed(2)} s |`
  )
}

async function cost(
  fdbserver: string,
  seed: number,
  count: number,
  library: { readonly library?: string },
): Promise<Cost> {
  const text = readFileSync(join(checkout, 'workloads/atomic.toml'), 'utf8')
  const module = join(checkout, 'test/simulation/fixtures/twin.ts')
  const before = secondsOfChildren()
  let output = ''
  const { problem, realSeconds } = await runSeed({
    fdbserver,
    test: { text: text.replace(/^ *workloadName = .*$/m, `$&\n  count = ${count}`), module },
    seed,
    buggify: true,
    timeout: TIMEOUT,
    lane: 0,
    environment: { FDBKIT_SIM_STATS: '1' },
    onOutput: (heard) => (output += heard),
    ...library,
  })
  if (problem !== '') throw new Error(`seed ${seed}, ${count} additions: ${problem}`)
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
