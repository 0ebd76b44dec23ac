import { describe, expect, it } from 'vitest'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { forSeeds } from '../support/seeds.ts'
import { Draw } from './helpers.ts'

describe('DeterministicEnvironment', () => {
  it('fires timers as a sorted list does: by time, then by the order they were made', () => {
    forSeeds((seed) => {
      const draw = new Draw(seed)
      const environment = new DeterministicEnvironment({ seed })
      const model: { time: number; order: number; id: number }[] = []
      const fired: number[] = []
      const expected: number[] = []
      const timers = new Map<number, unknown>()
      let made = 0
      for (let i = 0; i < 300; i++) {
        const choice = draw.below(5)
        if (choice <= 2) {
          const id = made++
          const delay = draw.below(20)
          model.push({ time: environment.now() + delay, order: id, id })
          const record = (): void => void fired.push(id)
          timers.set(id, environment.setTimer(delay, record))
        } else if (choice === 3 && made > 0) {
          const id = draw.below(made)
          environment.clearTimer(timers.get(id))
          const at = model.findIndex((entry) => entry.id === id)
          if (at >= 0) model.splice(at, 1)
        } else {
          model.sort((a, b) => a.time - b.time || a.order - b.order)
          const next = model.shift()
          expect(environment.isIdle).toBe(next === undefined)
          expect(environment.step()).toBe(next !== undefined)
          if (next !== undefined) {
            expected.push(next.id)
            expect(environment.now()).toBe(next.time)
          }
          expect(fired).toEqual(expected)
        }
      }
    })
  })

  it('draws the same numbers from the same seed, others from another, all in [0, 1)', () => {
    const numbers = (seed: number): number[] => {
      const environment = new DeterministicEnvironment({ seed })
      return Array.from({ length: 1000 }, () => environment.random())
    }
    forSeeds((seed) => {
      const drawn = numbers(seed)
      expect(drawn).toEqual(numbers(seed))
      expect(drawn.slice(0, 4)).not.toEqual(numbers(seed + 1).slice(0, 4))
      expect(drawn.slice(0, 4)).not.toEqual(numbers(seed + 2 ** 32).slice(0, 4))
      expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true)
      const mean = drawn.reduce((sum, number) => sum + number, 0) / drawn.length
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.06)
    })
  })

  it('refuses what is no seed and no delay', () => {
    expect(() => new DeterministicEnvironment({ seed: 0.5 })).toThrow(/seed must be an integer/)
    const environment = new DeterministicEnvironment({ seed: 1 })
    expect(() => environment.setTimer(NaN, () => {})).toThrow(/delay must be a number/)
    expect(() => hostEnvironment.setTimer('1' as never, () => {})).toThrow(TypeError)
  })
})

describe('the host environment', () => {
  it('defers without starving the event loop', async () => {
    let turns = 0
    let stop = false
    const spin = (): void => {
      turns++
      if (!stop) hostEnvironment.defer(spin)
    }
    hostEnvironment.defer(spin)
    await new Promise((resolve) => setImmediate(resolve))
    stop = true
    expect(turns).toBeGreaterThan(0)
  })

  it('fires, and does not fire what was cleared', async () => {
    let cleared = true
    const timer = hostEnvironment.setTimer(0, () => (cleared = false))
    hostEnvironment.clearTimer(timer)
    await new Promise<void>((resolve) => hostEnvironment.setTimer(0, resolve))
    expect(cleared).toBe(true)
  })
})
