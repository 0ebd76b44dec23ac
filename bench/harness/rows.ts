/** What is measured: each row, with whom, and how large. */

export type Who = 'fdbkit' | 'peer' | 'c'

/** The contender programs of `bench/contenders`; `start` is measured by the harness itself. */
export type Program = 'client' | 'workers' | 'tuple' | 'tasks' | 'start'

export interface Row {
  /** Of `--only`, and of the page. */
  readonly name: string
  readonly group: string
  readonly program: Program
  /** What the contender calls it. */
  readonly row: string
  readonly lanes: number
  readonly size: number
  readonly contenders: readonly Who[]
  /** What one operation is, where it isn't one call: a row of a range, a watch. */
  readonly unit?: string
}

const ALL: readonly Who[] = ['fdbkit', 'peer', 'c']
const JAVASCRIPT: readonly Who[] = ['fdbkit', 'peer']

type Rest = Partial<Omit<Row, 'name' | 'group' | 'row'>>

const rowOf = (group: string, name: string, row: string, rest: Rest = {}): Row => ({
  name,
  group,
  row,
  program: 'client',
  lanes: 1,
  size: 0,
  contenders: ALL,
  ...rest,
})

const inFlight = (group: string, name: string, row: string, lanes: readonly number[]): Row[] =>
  lanes.map((count) =>
    rowOf(group, `${name}, ${count.toLocaleString('en')} in flight`, row, { lanes: count }),
  )

const count = (rows: number): string => rows.toLocaleString('en')

const ranges: Row[] = [10, 1000, 10_000, 100_000].flatMap((size) => [
  rowOf('Ranges', `range of ${count(size)}, as an array`, 'range', { size }),
  rowOf('Ranges', `range of ${count(size)}, iterated`, 'range-iterated', {
    size,
    contenders: JAVASCRIPT,
  }),
])

const KINDS = ['mixed', 'index-key', 'integers', 'long-text', 'text-beyond-ascii', 'bigints']

const tuples: Row[] = ['pack', 'unpack'].flatMap((direction) =>
  KINDS.map((kind) =>
    rowOf('Tuples', `${direction} ${kind.replaceAll('-', ' ')}`, `${direction}:${kind}`, {
      program: 'tuple',
      contenders: JAVASCRIPT,
    }),
  ),
)

const task = (name: string, row: string): Row =>
  rowOf('Tasks', name, row, { program: 'tasks', contenders: JAVASCRIPT })

/** Whether a server has a part in it: what a process does by itself is measured once, beside the engine. */
export function asksAServer({ program, row }: Row): boolean {
  return program === 'client' || row === 'first-read'
}

export const ROWS: readonly Row[] = [
  ...inFlight('Reads', 'get in one transaction', 'get-in-one', [1, 10, 100, 1000]),
  ...inFlight('Reads', 'get in own transactions', 'get-in-own', [1, 10, 100, 1000]),
  rowOf('Reads', 'get of 100 keys at once', 'get-many', { size: 100, unit: '100 gets' }),
  ...inFlight('Reads', 'read version', 'read-version', [1, 100]),
  rowOf('Reads', 'value of 10 kB', 'value', { lanes: 10, size: 10_000 }),
  rowOf('Reads', 'value of 100 kB', 'value', { lanes: 10, size: 100_000 }),
  ...inFlight('Writes', 'set and commit', 'set-commit', [1, 100]),
  ...inFlight('Writes', 'read and write two keys', 'read-modify-write', [1, 100]),
  ...inFlight('Writes', 'atomic add', 'atomic-add', [100]),
  ...ranges,
  rowOf('Ranges', 'range of 10,000, tuple keys and JSON values', 'range-typed', {
    size: 10_000,
    contenders: JAVASCRIPT,
  }),
  rowOf('Other', 'directory open', 'directory-open', { contenders: JAVASCRIPT }),
  rowOf('Other', '10,000 watches set and fired', 'watches', { lanes: 10_000 }),
  rowOf('Other', '1,000,000 futures made and dropped', 'dropped', { size: 1_000_000 }),
  ...tuples,
  task('spawn and join, against a promise', 'spawn-join'),
  task('message through a channel, against MessagePort', 'channel'),
  task('request to an actor, against a promise', 'actor-request'),
  task('message over the bridge and back, against MessagePort', 'bridge'),
  rowOf('Start', 'import, open, first read', 'first-read', { program: 'start' }),
  rowOf('Start', 'memory of an idle client', 'idle', { program: 'start' }),
  rowOf('Start', 'memory after 10,000,000 gets', 'steady', {
    program: 'start',
    size: 10_000_000,
  }),
]
