import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Waker } from '../../src/future/wakers/waker.ts'
import { WaitSet } from '../../src/task/core/wait-set.ts'

/** Calls back when it is woken. */
function wakerOf(onWake: () => void): Waker {
  return {
    taskId: 0,
    refCount: 1,
    wake: onWake,
    wakeByRef: onWake,
    clone: () => wakerOf(onWake),
    drop: () => undefined,
  }
}

test('whoever throws, all who wait are woken in their order, and the first error is told', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 20 }), (throwing) => {
      const waiting = new WaitSet()
      const woken: number[] = []
      for (const [i, throws] of throwing.entries()) {
        const wake = (): void => {
          woken.push(i)
          if (throws) throw new Error(`waker ${i}`)
        }
        waiting.register({}, wakerOf(wake), 'test')
      }
      const wakeAll = (): void => waiting.wakeAll('test')
      if (throwing.includes(true)) expect(wakeAll).toThrow(`waker ${throwing.indexOf(true)}`)
      else wakeAll()
      expect(woken).toEqual(throwing.map((_, i) => i))
      expect(waiting.size).toBe(0)
    }),
  )
})
