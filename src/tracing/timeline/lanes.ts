import type { Mark } from '../recording/trace.ts'

/** The life of one task. */
export interface TaskLane {
  /** Counts from 1, in the order of first appearance. */
  readonly taskId: number
  /** The name it was spawned with, or `task N`. */
  name: string
  /** Of its first event, in milliseconds. */
  readonly begin: number
  /** When it was dropped; undefined: it was alive at the end. */
  end: number | undefined
  /** Somebody cancelled it. */
  cancelled: boolean
}

/** From the wake that polled a task to the moment it had nothing more to do. */
export interface Poll {
  /** Who ran. */
  readonly taskId: number
  /** In milliseconds. */
  readonly begin: number
  /** In milliseconds. */
  end: number
  /** Of the event that began it. */
  readonly seq: number
  /** How it ended; undefined: it had not, at the end of the trace. */
  outcome: 'pending' | 'ready' | undefined
}

/** A task, or the function of a transaction, waited for something. */
export interface Waiting {
  /** Which task; 0: none. */
  readonly taskId: number
  /** In which run; 0: in none. */
  readonly runId: number
  /** For which future, when it was one; 0: for something else, or for several. */
  readonly futureId: number
  /** For what, in a few words: `a sleep`, `get 'name'`; of a task in a run, also which: `get 'name' in import`. */
  what: string
  /** In milliseconds. */
  readonly begin: number
  /** Undefined: still, at the end of the trace. */
  end: number | undefined
}

/** One task woke another. */
export interface WakeEdge {
  /** Who ran when it woke; 0: a callback from outside. */
  readonly fromTask: number
  /** Who was woken. */
  readonly toTask: number
  /** In milliseconds. */
  readonly time: number
  /** The function that woke it. */
  readonly place: string
  /** Of the event. */
  readonly seq: number
}

/** One call of a transaction that answers later: a read, the commit, the wait before another attempt (`onError`). */
export interface Operation {
  /** In which run; 0: of a transaction of the program's own. */
  readonly runId: number
  /** In which attempt of it. */
  readonly attempt: number
  /** In which task; 0: none. */
  readonly taskId: number
  /** Whose answer it is. */
  readonly futureId: number
  /** Its name in the API. */
  readonly operation: string
  /** The key or the range, when it has one and the trace has keys. */
  readonly key: string | undefined
  /** In milliseconds. */
  readonly begin: number
  /** When its answer came; undefined: never. */
  end: number | undefined
  /** Why it failed. */
  error: string | undefined
}

/** Something that a transaction wrote, to be applied by its commit. */
export interface Write {
  /** In milliseconds. */
  readonly time: number
  /** Its name in the API. */
  readonly operation: string
  /** The key or the range, when the trace has keys. */
  readonly key: string | undefined
}

/** One attempt of a run. */
export interface AttemptBar {
  /** 1, 2, 3, ... */
  readonly number: number
  /** In milliseconds. */
  readonly begin: number
  /** When its outcome was known; undefined: it was under way at the end of the trace. */
  end: number | undefined
  /** How it ended. */
  outcome: 'committed' | 'failed' | undefined
  /** Why it failed. */
  error: string | undefined
  /** What it had read and others had written, where the trace knows. */
  readonly conflicts: string[]
  /** What it wrote. */
  readonly writes: Write[]
}

/** One run of a transaction, with all of its attempts. */
export interface RunLane {
  /** Counts from 1, in the order of first appearance. */
  readonly runId: number
  /** The task that ran it; 0: none. */
  readonly taskId: number
  /** That of the option or of its function; otherwise what it does, and where it was called. */
  name: string
  /** Of a simulation: its client. */
  readonly client: number | undefined
  /** The line that called it. */
  readonly place: string
  /** In milliseconds. */
  readonly begin: number
  /** Undefined: it was under way at the end of the trace. */
  end: number | undefined
  /** How it ended. */
  outcome: 'committed' | 'failed' | undefined
  /** What it ended with. */
  error: string | undefined
  /** In their order. */
  readonly attempts: AttemptBar[]
  /** In the order they were called. */
  readonly operations: Operation[]
}

/** A trace, put together. Times are milliseconds of the environment it was recorded in. */
export interface Timeline {
  /** Of the first event; 0 without one. */
  readonly begin: number
  /** Of the last event. */
  readonly end: number
  /** In the order they appear. */
  readonly tasks: TaskLane[]
  /** In the order they begin. */
  readonly runs: RunLane[]
  /** Of transactions that no run made, in the order they were called. */
  readonly operations: Operation[]
  /** In the order they end. */
  readonly polls: Poll[]
  /** In the order they begin. */
  readonly waits: Waiting[]
  /** In the order they happen. */
  readonly wakes: WakeEdge[]
  /** Of a simulation: the events of its simulator, in their order. */
  readonly marks: readonly Mark[]
}
