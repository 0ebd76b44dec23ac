/**
 * Runs before every test file: a test that leaves a task or a waker behind fails, and a file that leaves a native
 * handle behind fails. It also sees to it that clones and drops balance for every task of the suite.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import {
  census,
  type Census,
  livingResidents,
  recordPlaces,
} from '../../src/future/owners/census.ts'
import { nextTurn } from '../../src/testing/ground/turns.ts'
import { LIFECYCLE_CHANNEL, type LifecycleEvent } from '../../src/future/wakers/lifecycle.ts'

/** Turns of the event loop that what a test started may still take to end. */
const GRACE_TURNS = 50

class Balance {
  readonly #counts = new Map<number, { clones: number; drops: number }>()
  readonly faults: string[] = []

  readonly see = (message: unknown): void => {
    const { type, taskId, refCount } = message as LifecycleEvent
    if (taskId === 0) return
    if (type === 'dropped') {
      const { clones, drops } = this.#of(taskId)
      // The first reference of a task is made with it, not cloned.
      if (clones + 1 !== drops || refCount !== 0) {
        this.faults.push(`task ${taskId}: ${clones} clones, ${drops} drops, ${refCount} left`)
      }
      this.#counts.delete(taskId)
    } else if (type === 'clone') {
      this.#of(taskId).clones++
    } else if (type === 'drop') {
      this.#of(taskId).drops++
    }
  }

  #of(taskId: number): { clones: number; drops: number } {
    let counts = this.#counts.get(taskId)
    if (counts === undefined) this.#counts.set(taskId, (counts = { clones: 0, drops: 0 }))
    return counts
  }
}

let balance: Balance
let beforeTest: Census

// Before the file is imported: what it opens at its top counts as its own.
// Where everything was made takes time to note: ask for it once a test has failed.
const placesAsked = process.env['FDBKIT_PLACES'] === '1'
recordPlaces(placesAsked)
const beforeFile = census()

beforeEach(() => {
  beforeTest = census()
  balance = new Balance()
  subscribe(LIFECYCLE_CHANNEL, balance.see)
})

afterEach(async () => {
  for (let turn = 0; turn < GRACE_TURNS && hasMore(beforeTest); turn++) await nextTurn()
  unsubscribe(LIFECYCLE_CHANNEL, balance.see)
  const after = census()
  const left = { tasks: after.tasks - beforeTest.tasks, wakers: after.wakers - beforeTest.wakers }
  expect(left, `the test left behind:\n${describeLiving()}`).toEqual({ tasks: 0, wakers: 0 })
  expect(balance.faults, 'clones and drops of a task do not balance').toEqual([])
})

afterAll(async () => {
  for (let turn = 0; turn < GRACE_TURNS && census().handles > beforeFile.handles; turn++) {
    await nextTurn()
  }
  const left = census().handles - beforeFile.handles
  expect(left, `the file left native handles behind:\n${describeLiving()}`).toBe(0)
})

function hasMore(before: Census): boolean {
  const now = census()
  return now.tasks > before.tasks || now.wakers > before.wakers
}

function describeLiving(): string {
  if (!placesAsked) return '(FDBKIT_PLACES=1 says where it was made)'
  const some = livingResidents().slice(-5)
  return some.map((one) => `${one.kind} ${one.what}, made\n${one.madeAt}`).join('\n')
}
