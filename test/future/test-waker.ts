/** A waker that tells what is done with it. */
import { lifecycle, type LifecycleEvent } from '../../src/future/wakers/lifecycle.ts'
import type { Waker } from '../../src/future/wakers/waker.ts'

/** Writes down what happens to it and to its clones. */
export class TestWaker implements Waker {
  readonly taskId = 7
  readonly log: string[]
  readonly onWake: (() => void) | undefined
  #alive = true

  constructor(log: string[] = [], onWake?: () => void) {
    this.log = log
    this.onWake = onWake
  }

  get refCount(): number {
    return this.#alive ? 1 : 0
  }

  wake(): void {
    this.#giveUp('wake')
    this.onWake?.()
  }

  wakeByRef(): void {
    this.log.push('wakeByRef')
    this.onWake?.()
  }

  clone(): Waker {
    this.log.push('clone')
    return new TestWaker(this.log, this.onWake)
  }

  drop(): void {
    this.#giveUp('drop')
  }

  #giveUp(how: string): void {
    if (!this.#alive) throw new Error('a waker was given up twice')
    this.#alive = false
    this.log.push(how)
  }
}

/** The life-cycle events of a call, with the waker's own among them. */
export async function traced(
  run: (waker: Waker, log: string[]) => Promise<void>,
): Promise<string[]> {
  const log: string[] = []
  const listen = (message: unknown): void => {
    log.push((message as LifecycleEvent).type)
  }
  lifecycle.subscribe(listen)
  try {
    await run(new TestWaker(log), log)
  } finally {
    lifecycle.unsubscribe(listen)
  }
  return log
}
