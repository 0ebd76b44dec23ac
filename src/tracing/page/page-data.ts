// A trace as a page: what its script gets, the script, the style, and the page around them.
import type { Mark, Trace } from '../recording/trace.ts'
import { findingsOf, type Findings } from '../timeline/findings.ts'
import type {
  AttemptBar,
  Operation,
  Poll,
  RunLane,
  TaskLane,
  Timeline,
  Waiting,
} from '../timeline/lanes.ts'
import { timelineOf } from '../timeline/timeline.ts'
import { bandsOf } from './bands.ts'
import { BarColumns, LaneColumns, Texts } from './columns.ts'
import { Rows } from './rows.ts'

/** What the page's script gets. Times are milliseconds from the beginning of the trace; -1 for never. */
export interface PageData {
  readonly title: string
  readonly span: number
  readonly counts: {
    readonly events: number
    readonly omitted: number
    readonly runs: number
    readonly attempts: number
    readonly tasks: number
    readonly marks: number
  }
  readonly texts: readonly string[]
  readonly lanes: LaneColumns
  readonly bars: BarColumns
  /** From lane (-1: from outside), to lane, time. */
  readonly wakes: readonly (readonly number[])[]
  /** Faults of a simulation that last: begin, end, kind, text. */
  readonly bands: readonly (readonly number[])[]
  readonly findings: Findings
}

/** What kind of lane it is, as the script knows them. */
const LANE = { run: 0, task: 1, outside: 2, machine: 3, client: 4 } as const

/** What kind of bar, likewise. */
const BAR = {
  committed: 0,
  conflict: 1,
  failed: 2,
  underWay: 3,
  read: 4,
  commit: 5,
  backoff: 6,
  poll: 7,
  wait: 8,
  write: 9,
  run: 10,
  mark: 11,
  warning: 12,
} as const

/** The row of the attempts; calls and waits are below it. */
const ATTEMPTS = 0
/** From here on the simulator's events are warnings. */
const WARNS = 30

/** What a task did. */
interface Did {
  readonly polls: readonly Poll[]
  readonly waits: readonly Waiting[]
  readonly calls: readonly Operation[]
  readonly runs: readonly RunLane[]
}

export function pageData(trace: Trace, title: string): PageData {
  return new PageBuilder(trace, title).build()
}

class PageBuilder {
  readonly #trace: Trace
  readonly #title: string
  readonly #timeline: Timeline
  readonly #texts = new Texts()
  readonly #lanes = new LaneColumns()
  readonly #bars = new BarColumns()
  readonly #laneOfTask = new Map<number, number>()
  /** By the name of their lane: those that have none yet. */
  readonly #marks: Map<string, Mark[]>

  constructor(trace: Trace, title: string) {
    this.#trace = trace
    this.#title = title
    this.#timeline = timelineOf(trace)
    this.#marks = groupBy(this.#timeline.marks, ({ lane }) => lane)
  }

  build(): PageData {
    this.#addClients()
    this.#addMachines()
    this.#addLanes()
    return {
      title: this.#title,
      span: this.#from(this.#timeline.end),
      counts: this.#counts(),
      texts: this.#texts.all,
      lanes: this.#lanes,
      bars: this.#bars,
      wakes: this.#wakes(),
      bands: bandsOf(this.#timeline.marks).map(({ begin, end, kind, text }) => [
        this.#from(begin),
        this.#from(end),
        kind,
        this.#texts.of(text),
      ]),
      findings: this.#findings(),
    }
  }

  #counts(): PageData['counts'] {
    const { runs, tasks, marks } = this.#timeline
    return {
      events: this.#trace.events.length,
      omitted: this.#trace.omitted,
      runs: runs.length,
      attempts: runs.reduce((sum, run) => sum + run.attempts.length, 0),
      tasks: tasks.length,
      marks: marks.length,
    }
  }

  #wakes(): number[][] {
    return this.#timeline.wakes.flatMap(({ fromTask, toTask, time }) => {
      const to = this.#laneOfTask.get(toTask)
      if (to === undefined) return []
      return [[this.#laneOfTask.get(fromTask) ?? -1, to, this.#from(time)]]
    })
  }

  /** Runs and tasks as they begin, below what belongs to neither. */
  #addLanes(): void {
    const { runs, tasks } = this.#timeline
    const waits = groupBy(this.#timeline.waits, ({ taskId, runId }) =>
      taskId === 0 && runId !== 0 ? `run ${runId}` : `task ${taskId}`,
    )
    const polls = groupBy(this.#timeline.polls, ({ taskId }) => `task ${taskId}`)
    const runsOf = groupBy(runs, ({ taskId }) => `task ${taskId}`)
    const calls = groupBy(this.#timeline.operations, ({ taskId }) => `task ${taskId}`)
    this.#addOutside(waits.get('task 0') ?? [], calls.get('task 0') ?? [])
    for (const lane of [...runs, ...tasks].sort((a, b) => a.begin - b.begin)) {
      if ('attempts' in lane) {
        this.#addRun(lane, waits.get(`run ${lane.runId}`) ?? [])
        continue
      }
      const key = `task ${lane.taskId}`
      this.#addTask(lane, {
        polls: polls.get(key) ?? [],
        waits: waits.get(key) ?? [],
        calls: calls.get(key) ?? [],
        runs: runsOf.get(key) ?? [],
      })
    }
  }

  /** With times from the beginning, as all else. */
  #findings(): Findings {
    const found = findingsOf(this.#timeline)
    return {
      ...found,
      slowCalls: found.slowCalls.map((call) => ({
        ...call,
        begin: this.#from(call.begin),
        end: this.#from(call.end ?? this.#timeline.end),
      })),
      leaks: found.leaks.map((leak) => ({ ...leak, since: this.#from(leak.since) })),
    }
  }

  #from(time: number): number {
    return Math.round((time - this.#timeline.begin) * 1e6) / 1e6
  }

  #bar(lane: number, kind: number, begin: number, end: number, row: number, text: string): void {
    this.#bars.add(lane, kind, this.#from(begin), this.#from(end), row, this.#texts.of(text))
    this.#lanes.growTo(lane, row)
  }

  #addLane(
    kind: number,
    id: number,
    name: string,
    begin: number,
    end: number,
    note: string,
  ): number {
    const [from, to] = [this.#from(begin), this.#from(end)]
    return this.#lanes.add(kind, id, this.#texts.of(name), from, to, this.#texts.of(note))
  }

  #addRun(run: RunLane, waits: readonly Waiting[]): void {
    const end = run.end ?? this.#timeline.end
    const outcome = run.error ?? run.outcome ?? 'under way at the end of the trace'
    const note = run.place === '' ? outcome : `${outcome}; called at ${run.place}`
    const lane = this.#addLane(LANE.run, run.runId, run.name, run.begin, end, note)
    for (const attempt of run.attempts) this.#addAttempt(lane, attempt, ATTEMPTS, '')
    const rows = new Rows(ATTEMPTS + 1)
    const called = new Set(run.operations.map(({ futureId }) => futureId))
    for (const call of run.operations) this.#addCall(lane, call, rows)
    // What is awaited of its own calls is there already.
    for (const wait of waits) if (!called.has(wait.futureId)) this.#addWait(lane, wait, rows)
  }

  #addAttempt(lane: number, attempt: AttemptBar, row: number, of: string): void {
    const { number, begin, end = this.#timeline.end, outcome, error, conflicts, writes } = attempt
    const isConflict = error === 'not_committed (1020)'
    const kind = isConflict ? BAR.conflict : BAR[outcome ?? 'underWay']
    const why = conflicts.length === 0 ? error : `conflict on ${conflicts.join(' and ')}`
    const text = `${of}attempt ${number}: ${why ?? (outcome === undefined ? 'under way' : 'committed')}`
    this.#bar(lane, kind, begin, end, row, text)
    for (const { time, operation, key } of writes) {
      this.#bar(lane, BAR.write, time, time, row, textOf(operation, key))
    }
  }

  #addCall(lane: number, call: Operation, rows: Rows): void {
    const { operation, key, begin, end = this.#timeline.end, error } = call
    const kind =
      operation === 'commit' ? BAR.commit : operation === 'onError' ? BAR.backoff : BAR.read
    const name = operation === 'onError' ? 'backoff' : textOf(operation, key)
    const text = error === undefined ? name : `${name}: ${error}`
    this.#bar(lane, kind, begin, end, rows.take(begin, end), text)
  }

  #addWait(lane: number, { what, begin, end = this.#timeline.end }: Waiting, rows: Rows): void {
    this.#bar(lane, BAR.wait, begin, end, rows.take(begin, end), what)
  }

  #addTask({ taskId, name, begin, end, cancelled }: TaskLane, did: Did): void {
    const state = end === undefined ? 'alive at the end of the trace' : 'ended'
    const note = cancelled ? 'cancelled' : state
    const last = this.#timeline.end
    const lane = this.#addLane(LANE.task, taskId, name, begin, end ?? last, note)
    this.#laneOfTask.set(taskId, lane)
    const rows = new Rows(0)
    for (const poll of did.polls) this.#bar(lane, BAR.poll, poll.begin, poll.end, 0, 'ran')
    for (const wait of did.waits) this.#addWait(lane, wait, rows)
    for (const call of did.calls) this.#addCall(lane, call, rows)
    for (const run of did.runs) {
      this.#bar(lane, BAR.run, run.begin, run.end ?? last, rows.count, run.name)
    }
  }

  #addOutside(waits: readonly Waiting[], calls: readonly Operation[]): void {
    if (waits.length + calls.length === 0) return
    const { begin, end } = this.#timeline
    const lane = this.#addLane(LANE.outside, 0, 'outside of tasks and transactions', begin, end, '')
    const rows = new Rows(0)
    for (const wait of waits) this.#addWait(lane, wait, rows)
    const awaited = new Set(waits.map(({ futureId }) => futureId))
    for (const call of calls) if (!awaited.has(call.futureId)) this.#addCall(lane, call, rows)
  }

  /** A lane for each client of a simulation: what its workload told, and all that its transactions tried. */
  #addClients(): void {
    const { begin, end, runs } = this.#timeline
    const clients = groupBy(runs, ({ client }) => (client === undefined ? '' : `client ${client}`))
    clients.delete('')
    const byNumber = new Intl.Collator('en', { numeric: true }).compare
    for (const [name, own] of [...clients].sort(([a], [b]) => byNumber(a, b))) {
      const lane = this.#addLane(LANE.client, 0, name, begin, end, `${own.length} transactions`)
      const marks = this.#marks.get(name) ?? []
      this.#marks.delete(name)
      for (const mark of marks) this.#addMark(lane, mark)
      const rows = new Rows(ATTEMPTS + (marks.length === 0 ? 0 : 1))
      for (const run of own) {
        for (const attempt of run.attempts) {
          const row = rows.take(attempt.begin, attempt.end ?? end)
          this.#addAttempt(lane, attempt, row, `${run.name}, `)
        }
      }
    }
  }

  #addMachines(): void {
    const { begin, end } = this.#timeline
    for (const [name, marks] of this.#marks) {
      const lane = this.#addLane(LANE.machine, 0, name, begin, end, 'events of the simulator')
      for (const mark of marks) this.#addMark(lane, mark)
    }
  }

  #addMark(lane: number, { severity, time, name, text }: Mark): void {
    const kind = severity >= WARNS ? BAR.warning : BAR.mark
    this.#bar(lane, kind, time, time, 0, `${name} ${text}`.trimEnd())
  }
}

function textOf(operation: string, key: string | undefined): string {
  return key === undefined ? operation : `${operation} ${key}`
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
