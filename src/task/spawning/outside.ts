/**
 * What can go on with a run in virtual time when nothing is left to step there: the network thread, a promise of the
 * process, or somebody who ends the task. When none of it is left either, nothing ever will.
 */
import { openedRing } from '../../future/ring/ring.ts'
import type { DeterministicEnvironment } from '../../native/environment/deterministic-environment.ts'
import type { JoinHandle } from './join-handle.ts'

/** They keep a process alive, and are no sign that something will come: its output, and its parent. */
const PASSIVE = new Set(['PipeWrap', 'TTYWrap', 'MessagePort'])
/** Turns of the event loop without a sign of anything. */
const QUIET_TURNS = 4
/** Until it is looked again, in milliseconds, while something is under way outside. */
const PAUSE = 20

export class Outside {
  readonly #environment: DeterministicEnvironment
  readonly #handle: JoinHandle<unknown>
  /** What the process had under way when the run began: it is not the run's. */
  readonly #before = underWay()
  #goOn: ((on: boolean) => void) | undefined
  #listening = false

  constructor(environment: DeterministicEnvironment, handle: JoinHandle<unknown>) {
    this.#environment = environment
    this.#handle = handle
  }

  /** True when there is an event, or the task has ended; false when nothing can make either any more. */
  async next(): Promise<boolean> {
    const over = (): void => this.#goOn?.(false)
    process.once('beforeExit', over)
    try {
      return await new Promise<boolean>((resolve) => {
        this.#goOn = resolve
        this.#environment.onNextEvent(() => resolve(true))
        this.#listen()
        this.#look(resolve, QUIET_TURNS)
      })
    } finally {
      this.#goOn = undefined
      process.off('beforeExit', over)
    }
  }

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    const goOn = (): void => this.#goOn?.(true)
    void this.#handle.then(goOn, goOn)
  }

  #look(resolve: (on: boolean) => void, turns: number): void {
    if (this.#goOn !== resolve) return
    if (turns === 0) return resolve(false)
    if (this.#isQuiet) setImmediate(() => this.#look(resolve, turns - 1))
    else setTimeout(() => this.#look(resolve, QUIET_TURNS), PAUSE).unref()
  }

  get #isQuiet(): boolean {
    return (openedRing()?.liveSlots ?? 0) === 0 && underWay() <= this.#before
  }
}

/** How many timers, requests and connections keep the process alive. */
function underWay(): number {
  return process.getActiveResourcesInfo().filter((what) => !PASSIVE.has(what)).length
}
