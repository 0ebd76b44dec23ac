/** How cost is to grow: each law is fitted to as many of its points as it has constants, and says what the others are. */
import type { Row } from './rows.ts'
import type { Round } from '../contenders/meter.ts'

export interface Law {
  readonly title: string
  /** What grows: the head of the first column. */
  readonly grows: string
  readonly unit: string
  readonly formula: string
  /** In words, behind the table. */
  readonly meaning: string
  readonly points: readonly number[]
  /** Those that the law is fitted to, one for each term. */
  readonly fittedTo: readonly number[]
  /** The cost is the sum of these, each times a constant. */
  readonly terms: readonly ((n: number) => number)[]
  readonly rowOf: (n: number) => Pick<Row, 'program' | 'row' | 'lanes' | 'size'>
  readonly costOf: (round: Round) => number
}

const microsEach = ({ operations, seconds }: Round): number => (seconds * 1e6) / operations
const megabytes = ({ peakBytes }: Round): number => peakBytes / 1e6
const one = (): number => 1
const itself = (n: number): number => n

/** What one worker does is divided among them, what all share is not. */
function ofWorkers({
  row,
  lanes,
  ...named
}: Pick<Law, 'title' | 'unit' | 'meaning'> & { row: string; lanes: number }): Law {
  return {
    ...named,
    grows: 'workers',
    formula: 'alone / n + shared',
    points: [1, 2, 3],
    fittedTo: [1, 2],
    terms: [(n) => 1 / n, one],
    rowOf: (n) => ({ program: 'workers', row, lanes, size: n }),
    costOf: microsEach,
  }
}

export const LAWS: readonly Law[] = [
  {
    title: 'Operations in flight',
    grows: 'in flight',
    unit: 'us an operation',
    formula: 'wait / n + work',
    meaning:
      '`wait` is what one operation alone waits for others (threads that wake, a network), which many share; `work` is what each costs the slowest thread. In between it costs more: few are answered at a time, and the worker is woken for each few (`ring.md`).',
    points: [1, 3, 10, 30, 100, 300, 1000],
    fittedTo: [1, 1000],
    terms: [(n) => 1 / n, one],
    rowOf: (n) => ({ program: 'client', row: 'get-in-own', lanes: n, size: 0 }),
    costOf: microsEach,
  },
  {
    title: 'Rows of a range',
    grows: 'rows',
    unit: 'us a read',
    formula: 'begin + n * row + wake',
    meaning:
      '`begin` is a transaction and its first batch, `row` a key of 20 and a value of 100 bytes. From a hundred rows on an answer takes longer than the worker looks for it, so it is woken: `wake`. A hundred thousand rows of an array are more than the young part of the heap holds, and are collected with the old, which the law leaves out: read so many by iteration.',
    points: [10, 100, 1000, 3000, 10_000, 100_000],
    fittedTo: [10, 100, 10_000],
    terms: [one, itself, (n) => (n < 100 ? 0 : 1)],
    rowOf: (n) => ({ program: 'client', row: 'range', lanes: 1, size: n }),
    costOf: microsEach,
  },
  {
    title: 'Size of a value',
    grows: 'bytes',
    unit: 'us a get, ten in flight',
    formula: 'get + n * byte',
    meaning:
      'Values are copied twice: out of the client library, and out of the ring; those above 1 kB stay in the library until the worker fetches each by a call of its own.',
    points: [100, 1000, 10_000, 30_000, 100_000],
    fittedTo: [100, 100_000],
    terms: [one, itself],
    rowOf: (n) => ({ program: 'client', row: 'value', lanes: 10, size: n }),
    costOf: microsEach,
  },
  {
    title: 'Keys of the engine',
    grows: 'keys',
    unit: 'us a get, a hundred in flight',
    formula: 'get + log2(n) * level',
    meaning: 'The store is a tree. On a cluster this is the servers’ affair.',
    points: [1000, 10_000, 100_000, 300_000],
    fittedTo: [1000, 300_000],
    terms: [one, (n) => Math.log2(n)],
    rowOf: (n) => ({ program: 'client', row: 'get-among', lanes: 100, size: n }),
    costOf: microsEach,
  },
  {
    title: 'Open transactions',
    grows: 'open',
    unit: 'MB of the process',
    formula: 'process + n * transaction',
    meaning: 'Each has a read version, and is held by a variable.',
    points: [0, 5000, 10_000, 20_000, 50_000],
    fittedTo: [0, 10_000],
    terms: [one, itself],
    rowOf: (n) => ({ program: 'client', row: 'open-transactions', lanes: 1, size: n }),
    costOf: megabytes,
  },
  {
    title: 'Open watches',
    grows: 'open',
    unit: 'MB of the process',
    formula: 'process + n * watch',
    meaning:
      'A thousand keys are watched over and over. Later ones cost less: the heap has grown by then.',
    points: [0, 5000, 10_000, 20_000, 50_000],
    fittedTo: [0, 20_000],
    terms: [one, itself],
    rowOf: (n) => ({ program: 'client', row: 'open-watches', lanes: 1, size: n }),
    costOf: megabytes,
  },
  ofWorkers({
    title: 'Workers',
    unit: 'us an operation of all together',
    meaning:
      'Each worker has a ring and an event loop of its own and a hundred operations in flight. `shared` is what they share: the one network thread, and the processors of the machine.',
    row: 'get',
    lanes: 100,
  }),
  ofWorkers({
    title: 'Workers that decode',
    unit: 'us a read of all together',
    meaning:
      'Each reads a hundred rows of 1 kB of JSON, four reads in flight. `alone` is what is done on the thread of a worker, which two share between them.',
    row: 'decode',
    lanes: 4,
  }),
  ofWorkers({
    title: 'Workers without a database',
    unit: 'us a hundred values of all together',
    meaning:
      'Each parses such values, and nothing else: what is `shared` here is the machine, and is in the tables above as well.',
    row: 'parse',
    lanes: 1,
  }),
]

/** The constants with which the law goes through those points, in the order of its terms. */
export function fit(law: Law, costs: ReadonlyMap<number, number>): number[] {
  const rows = law.fittedTo.map((n) => [
    ...law.terms.map((term) => term(n)),
    costs.get(n) as number,
  ])
  // Gauss and Jordan: each column in turn is cleared in all rows but one.
  for (const [column] of law.terms.entries()) {
    const pivot = rows.findIndex((row, i) => i >= column && row[column] !== 0)
    if (pivot < 0) throw new Error(`${law.title}: its points do not tell its constants apart`)
    const [chosen] = rows.splice(pivot, 1) as [number[]]
    rows.splice(
      column,
      0,
      chosen.map((value) => value / (chosen[column] as number)),
    )
    for (const [i, row] of rows.entries()) {
      if (i !== column) rows[i] = row.map((value, j) => value - row[column]! * rows[column]![j]!)
    }
  }
  return rows.map((row) => row.at(-1) as number)
}

export function predicted(law: Law, constants: readonly number[], n: number): number {
  return law.terms.reduce((sum, term, i) => sum + term(n) * (constants[i] as number), 0)
}
