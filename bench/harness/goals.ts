/** What the client is to reach, beside each other: the page says of each whether it holds, and why where it doesn't. */
import type { Who } from './rows.ts'
import type { Figures, RowResult } from './run-row.ts'

type Measure = 'rate' | 'cpu' | 'p50' | 'memory' | 'growth'

export interface Goal {
  readonly rows: readonly string[]
  readonly measure: Measure
  /** Whose figure ours is divided by; without one, ours is the figure. */
  readonly against?: Who
  /** The row of the other's figure, where it has no such row itself. */
  readonly theirRow?: string
  readonly atLeast?: number
  readonly atMost?: number
  /** What was found where it does not hold: where the time goes, and what was tried. */
  readonly otherwise?: string
}

const IN_ONE = ['get in one transaction, 100 in flight', 'get in one transaction, 1,000 in flight']
const IN_OWN = ['get in own transactions, 100 in flight']
const COMMITS = ['set and commit, 100 in flight']
const ARRAY = 'range of 10,000, as an array'
const ITERATED = ['range of 10,000, iterated']
const TYPED = ['range of 10,000, tuple keys and JSON values']
const ONE_GET = 'get in one transaction, 1 in flight'
const OWN_ALONE = ['get in own transactions, 1 in flight', 'set and commit, 1 in flight']
const ALONE = [ONE_GET, ...OWN_ALONE]
const KINDS = ['mixed', 'index key', 'integers', 'long text', 'text beyond ascii', 'bigints']
const UNPACK_INTEGERS = 'unpack integers'
const TUPLES = ['pack', 'unpack']
  .flatMap((way) => KINDS.map((kind) => `${way} ${kind}`))
  .filter((row) => row !== UNPACK_INTEGERS)
const STEADY = ['memory after 10,000,000 gets']

const FLAT =
  'no part of it is large. Of the processor time (`perf`, 100 in flight) the thread of the engine has 28 %, threads that wake each other 9 %, the clock of the benchmark 6 %, the `then` of what `await` is given 3 % (a Buffer has a long chain to look for it), and nothing else above 2 %: keys to UTF-8, Buffers, the ring. A future that is a native promise, whose look-up of `constructor` begins it, was tried: some 105 ns an `await` in place of 125'
const EACH_ROW =
  '`for await` alone, with a promise and a result object a row, is 62 ns a row here, 0.6 ms of 2.6 (a generator 96 ns, no promise 57); an array takes 1.1 ms; the rest is that the event loop has a turn between batches, which a loop over many rows must leave it'
const VARIES =
  '1.9 to 2.5 from run to run on a machine of two processors, which the loop, the network thread and the collector share'
const NEAR =
  'it is near the goal, on one side of it or the other from run to run: the lowest and the highest of a run are behind its row'
const AWAKE =
  'the peer makes a call of its own for each get at once, ours goes out at the end of the tick, with what else was asked in it'
const GROWS =
  'what grows is the young generation of V8, which it lets grow to two halves of 16 MB: with `--max-semi-space-size=1` the peak was 65 MB after 500,000 gets and after 3,000,000, and without it 75 and 89'
const WAKES =
  'where the two threads share a processor each has to wake the other, and the second wake goes through the event loop of Node (an eventfd and an epoll) where C waits on a condition'
const PARSES =
  'more than a third of the time is in `JSON.parse`, once a value, which the peer calls as often; to parse all values of a batch as one text took 262 ns a value in place of 354, and takes malformed values that complete each other for whole ones'
const INTEGERS =
  'four integers are read in some forty nanoseconds. A reader of integers alone, without state between items, took 33 in place of 43, and without a check of its argument 26, where `fdb-tuple` took 64'

const OURS =
  'what is ours of it is JavaScript, beside the thread of `libfdb_c`, which C has too: in a profile most of its thread was in V8 itself (strings to UTF-8, Buffers, collecting, compiling), a sixth in system calls that wake the other thread, and less than a tenth in compiled code of the package'
const SHARED =
  'server, event loop and network thread share two processors: what JavaScript takes, the server does not have (see the goals of CPU)'
const LOOKED_AT =
  'C looks at no row. A reader here looks at each, for which 20,000 Buffers are made, and the server has nothing to do meanwhile: warm, on the engine, it is 1.9 ms against 0.7'

/** On the engine, where the server's time is away. */
export const ENGINE_GOALS: readonly Goal[] = [
  { rows: IN_ONE, measure: 'rate', against: 'peer', atLeast: 3, otherwise: FLAT },
  { rows: IN_ONE, measure: 'rate', against: 'c', atLeast: 0.9, otherwise: FLAT },
  { rows: IN_OWN, measure: 'rate', against: 'peer', atLeast: 3.5 },
  { rows: IN_OWN, measure: 'rate', against: 'c', atLeast: 0.7, otherwise: NEAR },
  { rows: COMMITS, measure: 'rate', against: 'peer', atLeast: 2.5, otherwise: VARIES },
  { rows: COMMITS, measure: 'rate', against: 'c', atLeast: 0.7 },
  { rows: [ARRAY], measure: 'rate', against: 'peer', atLeast: 8 },
  { rows: [ARRAY], measure: 'cpu', atMost: 2500 },
  { rows: ITERATED, measure: 'rate', against: 'peer', atLeast: 8, otherwise: EACH_ROW },
  { rows: TYPED, measure: 'rate', against: 'peer', atLeast: 8, otherwise: PARSES },
  { rows: [ONE_GET], measure: 'p50', against: 'peer', atMost: 0.9, otherwise: AWAKE },
  { rows: OWN_ALONE, measure: 'p50', against: 'peer', atMost: 0.9, otherwise: NEAR },
  { rows: ALONE, measure: 'p50', against: 'c', atMost: 1.2, otherwise: WAKES },
  { rows: TUPLES, measure: 'rate', against: 'peer', atLeast: 3, otherwise: NEAR },
  { rows: [UNPACK_INTEGERS], measure: 'rate', against: 'peer', atLeast: 3, otherwise: INTEGERS },
  { rows: STEADY, measure: 'growth', atMost: 0.05, otherwise: GROWS },
  { rows: STEADY, measure: 'memory', against: 'peer', atMost: 1, otherwise: GROWS },
]

/** On a cluster, against C. */
export const CLUSTER_GOALS: readonly Goal[] = [
  { rows: IN_ONE, measure: 'rate', against: 'c', atLeast: 0.97, otherwise: SHARED },
  { rows: IN_ONE, measure: 'cpu', against: 'c', atMost: 1.1, otherwise: OURS },
  { rows: IN_OWN, measure: 'rate', against: 'c', atLeast: 0.97, otherwise: SHARED },
  { rows: IN_OWN, measure: 'cpu', against: 'c', atMost: 1.2, otherwise: OURS },
  { rows: COMMITS, measure: 'rate', against: 'c', atLeast: 0.97, otherwise: SHARED },
  { rows: COMMITS, measure: 'cpu', against: 'c', atMost: 1.2, otherwise: OURS },
  { rows: [ARRAY], measure: 'rate', against: 'c', atLeast: 0.85, otherwise: LOOKED_AT },
  { rows: [ARRAY], measure: 'cpu', against: 'c', atMost: 2, otherwise: LOOKED_AT },
  {
    rows: ITERATED,
    measure: 'cpu',
    against: 'c',
    theirRow: ARRAY,
    atMost: 2.5,
    otherwise: EACH_ROW,
  },
  { rows: TYPED, measure: 'cpu', against: 'c', theirRow: ARRAY, atMost: 2.5, otherwise: PARSES },
  { rows: ALONE, measure: 'p50', against: 'c', atMost: 1.05, otherwise: WAKES },
]

const FIGURE: Readonly<Record<Measure, (figures: Figures) => number>> = {
  rate: ({ perSecond }) => perSecond,
  cpu: ({ cpuMicros }) => cpuMicros,
  p50: ({ p50 }) => p50,
  memory: ({ peakBytes }) => peakBytes,
  growth: ({ growth = 0 }) => growth,
}

export interface Verdict {
  readonly goal: Goal
  readonly row: string
  readonly value: number
  readonly holds: boolean
}

/** Of each row of a goal that was measured. */
export function verdictsOn(goals: readonly Goal[], results: readonly RowResult[]): Verdict[] {
  const byName = new Map(results.map((result) => [result.row.name, result]))
  return goals.flatMap((goal) =>
    goal.rows.flatMap((row) => {
      const value = valueOf(goal, byName.get(row), byName.get(goal.theirRow ?? row))
      return value === undefined ? [] : [{ goal, row, value, holds: isMet(goal, value) }]
    }),
  )
}

function valueOf(
  { measure, against, theirRow }: Goal,
  ours: RowResult | undefined,
  theirs: RowResult | undefined,
): number | undefined {
  const own = ours?.figures.fdbkit
  if (own === undefined) return undefined
  if (against === undefined) return FIGURE[measure](own)
  // Of rounds side by side, where there are: what the machine did meets both.
  const ratio = ours?.ratios[against]
  if (measure === 'rate' && theirRow === undefined && ratio !== undefined) return ratio.median
  const other = theirs?.figures[against]
  return other === undefined ? undefined : FIGURE[measure](own) / FIGURE[measure](other)
}

function isMet({ atLeast = -Infinity, atMost = Infinity }: Goal, value: number): boolean {
  return value >= atLeast && value <= atMost
}
