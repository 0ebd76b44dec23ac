import { describe, expect, it } from 'vitest'
import { AtomicWaker } from '../../src/future/wakers/atomic-waker.ts'
import type { Waker } from '../../src/future/wakers/waker.ts'
import { forSeeds } from '../support/seeds.ts'
import { Draw } from './helpers.ts'

/** A waker that counts, and calls back in the middle of being cloned, dropped or woken. */
class CountingWaker implements Waker {
  readonly taskId = 0
  readonly shared: { alive: number; wakes: number; faults: string[]; during: () => void }
  #mine = true

  constructor(shared = { alive: 0, wakes: 0, faults: [] as string[], during: () => {} }) {
    this.shared = shared
    shared.alive++
  }

  get refCount(): number {
    return this.shared.alive
  }

  #use(): void {
    if (!this.#mine) this.shared.faults.push('used after it was given up')
  }

  wake(): void {
    this.wakeByRef()
    this.drop()
  }

  wakeByRef(): void {
    this.#use()
    this.shared.wakes++
    this.shared.during()
  }

  clone(): Waker {
    this.#use()
    this.shared.during()
    return new CountingWaker(this.shared)
  }

  drop(): void {
    this.#use()
    this.#mine = false
    this.shared.alive--
    this.shared.during()
  }
}

describe('AtomicWaker', () => {
  it('a clone that throws leaves what was there, and loses no wake', () => {
    const cell = new AtomicWaker()
    const first = new CountingWaker()
    cell.register(first)
    const thrower = new CountingWaker()
    thrower.clone = () => {
      cell.wake()
      throw new Error('no clone')
    }
    expect(() => cell.register(thrower)).toThrow('no clone')
    expect(first.shared).toMatchObject({ alive: 1, wakes: 1 })
    cell.register(first)
    cell.wake()
    expect(first.shared).toMatchObject({ alive: 1, wakes: 2, faults: [] })
  })

  it('a clone that clears drops the one before once', () => {
    const cell = new AtomicWaker()
    const first = new CountingWaker()
    cell.register(first)
    const clearing = new CountingWaker()
    clearing.shared.during = () => cell.clear('during')
    cell.register(clearing)
    clearing.shared.during = () => undefined
    cell.clear('end')
    expect([first.shared, clearing.shared].map(({ alive, faults }) => [alive, faults])).toEqual([
      [1, []],
      [1, []],
    ])
  })

  it('keeps the latest waker and drops the one before', () => {
    const cell = new AtomicWaker()
    const first = new CountingWaker()
    const second = new CountingWaker()
    cell.register(first)
    expect(first.shared.alive).toBe(2)
    cell.register(second)
    expect(first.shared.alive).toBe(1)
    cell.wake()
    expect([first.shared.wakes, second.shared.wakes, second.shared.alive]).toEqual([0, 1, 1])
    cell.wake()
    expect(second.shared.wakes).toBe(1)
  })

  it('loses no wake that falls into a registration: the new waker, or the one before, is woken', () => {
    for (const wakeAt of ['clone', 'drop'] as const) {
      const cell = new AtomicWaker()
      const before = new CountingWaker()
      const waker = new CountingWaker()
      cell.register(before)
      let woken = false
      const target = wakeAt === 'clone' ? waker : before
      target.shared.during = () => {
        if (woken) return
        woken = true
        cell.wake()
      }
      cell.register(waker)
      expect(woken).toBe(true)
      expect(waker.shared.wakes, wakeAt).toBe(1)
      expect(cell.isRegistered).toBe(false)
    }
  })

  it('gives every waker up exactly once, and wakes the last one registered, whatever is nested', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const cell = new AtomicWaker()
      const all: CountingWaker[] = []
      let depth = 0
      const step = (): void => {
        const waker = new CountingWaker()
        waker.shared.during = () => {
          if (depth > 3 || !draw.chance(0.3)) return
          depth++
          act()
          depth--
        }
        all.push(waker)
        cell.register(waker)
      }
      const act = (): void => {
        const choice = draw.below(4)
        if (choice <= 1) step()
        else if (choice === 2) cell.wake()
        else cell.take()?.drop()
      }
      for (let i = 0; i < 200; i++) act()
      depth = Infinity
      cell.clear('test')
      for (const waker of all) {
        expect(waker.shared.faults).toEqual([])
        expect(waker.shared.alive).toBe(1)
      }
    })
  })

  it('agrees with a model: one slot, the latest wins, take empties it', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const cell = new AtomicWaker()
      let slot: CountingWaker | undefined
      for (let i = 0; i < 100; i++) {
        const choice = draw.below(3)
        if (choice === 0) {
          slot = new CountingWaker()
          cell.register(slot)
        } else if (choice === 1) {
          const wakes = slot?.shared.wakes
          cell.wake()
          if (slot !== undefined) expect(slot.shared.wakes).toBe((wakes ?? 0) + 1)
          slot = undefined
        } else {
          cell.clear('test')
          slot = undefined
        }
        expect(cell.isRegistered).toBe(slot !== undefined)
        if (slot !== undefined) expect(slot.shared.alive).toBe(2)
      }
      cell.clear('test')
    })
  })
})
