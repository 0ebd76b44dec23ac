/** What the tests of runs that end early do to them. */
import { vi } from 'vitest'
import { hostEnvironment, open, openEmbedded } from '../../src/index.ts'
import type { Database, Environment, Transaction } from '../../src/index.ts'
import { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { backend } from '../support/backends.ts'

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
export const never = (): Promise<never> => new Promise(() => undefined)
export const caught = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  )

/** So much that a commit takes longer than the call that ends the wait for it. */
export function writeMuch(tn: Transaction): void {
  for (let i = 0; i < 300; i++) tn.set(`much ${i}`, 'x'.repeat(100))
}

/** Does something right after the commit was sent, in the same turn. */
export function behindCommit(action: () => void): void {
  const original = TransactionHandle.prototype.commit
  vi.spyOn(TransactionHandle.prototype, 'commit').mockImplementation(function (
    this: TransactionHandle,
  ) {
    const future = original.call(this)
    action()
    return future
  })
}

/** A clock that stands still, and timers that fire when they are told to. */
export class HeldEnvironment implements Environment {
  clock = 1000
  readonly timers = new Set<{ delay: number; callback: () => void }>()
  readonly random = hostEnvironment.random.bind(hostEnvironment)
  readonly defer = hostEnvironment.defer.bind(hostEnvironment)

  now(): number {
    return this.clock
  }

  setTimer(delay: number, callback: () => void): object {
    const timer = { delay, callback }
    this.timers.add(timer)
    return timer
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as never)
  }

  fire(): void {
    for (const timer of [...this.timers]) {
      this.timers.delete(timer)
      timer.callback()
    }
  }
}

/** The scope, in a database whose clock stands still. */
export async function withHeldClock(
  scope: Database,
  use: (held: Database, environment: HeldEnvironment) => Promise<void>,
): Promise<void> {
  const environment = new HeldEnvironment()
  const { clusterFile } = backend
  using whole =
    clusterFile === undefined ? openEmbedded({ environment }) : open({ clusterFile, environment })
  await use(whole.at(scope), environment)
}
