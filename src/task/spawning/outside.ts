/**
 * What can go on with a run in virtual time when nothing is left to step there: the network thread, a promise of the
 * process, or somebody who ends the task. When none of it is left either, nothing ever will.
 */
import { openedRing } from '../../future/ring/ring.ts'
import type { DeterministicEnvironment } from '../../native/environment/deterministic-environment.ts'
import type { JoinHandle } from './join-handle.ts'
import { MadeSince } from './made-since.ts'
import { onNothingLeft } from './process-end.ts'

/** They keep a process alive, and are no sign that something will come: its output, and its parent. */
const PASSIVE = new Set(['PipeWrap', 'TTYWrap', 'MessagePort'])
/** Turns of the event loop without a sign of anything. */
const QUIET_TURNS = 4
/** Until it is looked again, in milliseconds, while something is under way outside. */
const PAUSE = 20

export class Outside {
  readonly #environment: DeterministicEnvironment
  readonly #handle: JoinHandle<unknown>
  /** How many of each kind the process had under way when the run began: they are not the run's. */
  readonly #before = underWay()
  /** Where nothing was there before, all that is there is new. */
  readonly #made = this.#before.size > 0 ? new MadeSince() : undefined
  #goOn: ((on: boolean) => void) | undefined
  #listening = false

  constructor(environment: DeterministicEnvironment, handle: JoinHandle<unknown>) {
    this.#environment = environment
    this.#handle = handle
  }

  /** True when there is an event, or the task has ended; false when nothing can make either any more. */
  async next(): Promise<boolean> {
    const stop = onNothingLeft(() => this.#goOn?.(false))
    try {
      return await new Promise<boolean>((resolve) => {
        this.#goOn = resolve
        this.#environment.onNextEvent(() => resolve(true))
        this.#listen()
        this.#await(resolve, QUIET_TURNS)
      })
    } finally {
      this.#goOn = undefined
      stop()
    }
  }

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    const goOn = (): void => this.#goOn?.(true)
    void this.#handle.then(goOn, goOn)
  }

  #await(resolve: (on: boolean) => void, turns: number): void {
    if (this.#goOn !== resolve) return
    if (turns === 0) return resolve(false)
    if (this.#isQuiet) setImmediate(() => this.#await(resolve, turns - 1))
    else setTimeout(() => this.#await(resolve, QUIET_TURNS), PAUSE).unref()
  }

  get #isQuiet(): boolean {
    return !this.#hasBegun() && (openedRing()?.liveSlots ?? 0) === 0
  }

  /** There is something that was not there when the run began. */
  #hasBegun(): boolean {
    const now = underWay()
    const isMore = [...now].some(([kind, count]) => count > (this.#before.get(kind) ?? 0))
    return isMore || this.#made?.isAmong(now.keys()) === true
  }

  /** The run has ended. */
  end(): void {
    this.#made?.end()
  }
}

/** How many timers, requests and connections keep the process alive, by their kind. */
function underWay(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (!PASSIVE.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}
