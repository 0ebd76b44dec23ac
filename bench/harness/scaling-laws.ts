/** How cost is to grow: each law is fitted to two of its points, and says what the others are. */
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
  /** The two that the law is fitted to. */
  readonly fittedTo: readonly [number, number]
  /** What is in the law beside its two constants: the cost is `a * first(n) + b * second(n)`. */
  readonly terms: readonly [(n: number) => number, (n: number) => number]
  readonly rowOf: (n: number) => Pick<Row, 'program' | 'row' | 'lanes' | 'size'>
  readonly costOf: (round: Round) => number
}

const microsEach = ({ operations, seconds }: Round): number => (seconds * 1e6) / operations
const megabytes = ({ peakBytes }: Round): number => peakBytes / 1e6
const one = (): number => 1
const itself = (n: number): number => n

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
    formula: 'begin + n * row',
    meaning:
      '`begin` is a transaction and its first batch, `row` a key of 20 and a value of 100 bytes. From a hundred rows on an answer takes longer than the worker looks for it, so it is woken; a hundred thousand rows of an array are more than the young part of the heap holds, and are collected with the old.',
    points: [10, 100, 1000, 10_000, 100_000],
    fittedTo: [10, 10_000],
    terms: [one, itself],
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
    fittedTo: [0, 10_000],
    terms: [one, itself],
    rowOf: (n) => ({ program: 'client', row: 'open-watches', lanes: 1, size: n }),
    costOf: megabytes,
  },
  {
    title: 'Workers',
    grows: 'workers',
    unit: 'us an operation of all together',
    formula: 'alone / n + shared',
    meaning:
      'Each worker has a ring and an event loop of its own and a hundred operations in flight. `shared` is what they share: the one network thread, and the processors of the machine.',
    points: [1, 2, 3],
    fittedTo: [1, 2],
    terms: [(n) => 1 / n, one],
    rowOf: (n) => ({ program: 'workers', row: 'get', lanes: 100, size: n }),
    costOf: microsEach,
  },
]

/** The two constants: the law goes through both points. */
export function fit(law: Law, costs: ReadonlyMap<number, number>): readonly [number, number] {
  const [first, second] = law.terms
  const [m, n] = law.fittedTo
  const [y, z] = [costs.get(m) as number, costs.get(n) as number]
  const determinant = first(m) * second(n) - first(n) * second(m)
  return [
    (y * second(n) - z * second(m)) / determinant,
    (first(m) * z - first(n) * y) / determinant,
  ]
}

export function predicted(law: Law, [a, b]: readonly [number, number], n: number): number {
  return a * law.terms[0](n) + b * law.terms[1](n)
}
