/**
 * Where single calls wait: each is a transaction of its own, and a worker has room for so many. None of them waits for
 * another, so the line always moves. A function of the caller's may wait for other calls, and so never stands in it.
 */
import { onAbort } from '../../native/environment/on-abort.ts'
import type { Port } from '../../future/port/port.ts'
import type { Environment } from '../../native/environment/environment.ts'
import { FDBBusyError, FDBError } from '../../native/errors/errors.ts'
import { shared } from '../../native/values/shared.ts'
import { Fifo } from '../../task/core/fifo.ts'

/** Calls under way at one time: half of the handles of a simulated client, so that others have theirs. */
const MOST_AT_ONCE = 8192
/** Calls that wait, those among them that were given up and whose turn has not come. */
const MOST_WAITING = 1_000_000

/** transaction_timed_out. */
const TIMED_OUT = 1031

/** What ends a wait early. */
interface Limits {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds of the environment; 0: none. */
  readonly timeout?: number
}

/** A call that waits. */
interface Waiting {
  /** Its turn has come. False: it was given up, and the next one has it. */
  begin(): boolean
}

export class CallLine {
  readonly #atOnce: number
  readonly #most: number
  readonly #waiting = new Fifo<Waiting>()
  #underWay = 0

  constructor(atOnce = MOST_AT_ONCE, most = MOST_WAITING) {
    this.#atOnce = atOnce
    this.#most = most
  }

  /** False: there is no room, and the call is to wait. Who has entered leaves. */
  enter(): boolean {
    if (this.#underWay >= this.#atOnce) return false
    this.#underWay++
    return true
  }

  /** The call has ended: the next one has its place. */
  leave(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.begin()) return
    }
    this.#underWay--
  }

  /**
   * Waits for a place, in the order of the calls, and enters. What is left of the time is in the settings that it gives.
   *
   * @throws FDBBusyError when too many wait; the reason of the signal; FDBError 1031 when the time is over.
   */
  async wait<L extends Limits>(settings: L, environment: Environment): Promise<L> {
    if (this.#waiting.size >= this.#most) throw tooMany(this.#most)
    const { timeout = 0 } = settings
    if (timeout === 0) {
      await this.#turn(settings, environment)
      return settings
    }
    const began = environment.now()
    await this.#turn(settings, environment)
    // 0 would be no limit.
    return { ...settings, timeout: Math.max(1, timeout - (environment.now() - began)) }
  }

  #turn({ signal, timeout = 0 }: Limits, environment: Environment): Promise<void> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      let isOver = false
      const end = (settle: () => void): boolean => {
        if (isOver) return false
        isOver = true
        forget()
        if (timer !== undefined) environment.clearTimer(timer)
        settle()
        return true
      }
      const abort = (): void => void end(() => reject(signal?.reason as Error))
      const late = (): void => void end(() => reject(new FDBError(TIMED_OUT)))
      const forget = onAbort(signal, abort)
      const timer = timeout === 0 ? undefined : environment.setTimer(timeout, late)
      this.#waiting.push({ begin: () => end(resolve) })
    })
  }
}

function tooMany(most: number): FDBBusyError {
  return new FDBBusyError(
    `${most} calls of this worker wait for their turn already, and nothing was started. Await some before you ask for ` +
      'more: the database takes fewer than this program asks for.',
  )
}

const lines = shared('call lines', () => new WeakMap<Port, CallLine>())

/** The line of all databases that go through a port: they share its room. */
export function lineOf(port: Port): CallLine {
  let line = lines.get(port)
  if (line === undefined) lines.set(port, (line = new CallLine()))
  return line
}
