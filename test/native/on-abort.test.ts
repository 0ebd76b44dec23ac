// What ends with a signal: any number of calls, one listener.
import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openEmbedded } from '../../src/index.ts'
import { onAbort } from '../../src/native/environment/on-abort.ts'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

test('is called once each, unless it was taken back, by one listener that goes with the last', () => {
  const steps = fc.array(fc.constantFrom('add', 'take back', 'take back again'), { maxLength: 40 })
  fc.assert(
    fc.property(steps, fc.nat(), (program, pick) => {
      const controller = new AbortController()
      const { signal } = controller
      const called: number[] = []
      const kept = new Map<number, () => void>()
      const gone: (() => void)[] = []
      for (const [i, step] of program.entries()) {
        const at = [...kept.keys()][pick % Math.max(1, kept.size)]
        if (step === 'add')
          kept.set(
            i,
            onAbort(signal, () => called.push(i)),
          )
        else if (step === 'take back' && at !== undefined) {
          const forget = kept.get(at)!
          forget()
          gone.push(forget)
          kept.delete(at)
        } else gone.at(-1)?.()
        expect(listeners(signal)).toBe(kept.size === 0 ? 0 : 1)
      }
      controller.abort()
      expect(called).toEqual([...kept.keys()])
      expect(listeners(signal)).toBe(0)
      for (const forget of kept.values()) forget()
      onAbort(signal, () => called.push(-1))()
      expect(called).not.toContain(-1)
    }),
  )
})

test('calls all, also when one throws, and may be added to meanwhile', () => {
  const controller = new AbortController()
  const called: string[] = []
  const thrown: unknown[] = []
  const listen = (error: unknown): void => void thrown.push(error)
  onAbort(controller.signal, () => {
    called.push('first')
    onAbort(controller.signal, () => called.push('too late'))
    throw new Error('of the first')
  })
  onAbort(controller.signal, () => called.push('second'))
  process.once('uncaughtException', listen)
  controller.abort()
  expect(called).toEqual(['first', 'second'])
  return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    process.off('uncaughtException', listen)
    expect(thrown).toEqual([new Error('of the first')])
  })
})

const db = openEmbedded()
afterAll(() => db.close())

test('one signal may end a hundred calls, and nothing warns', async () => {
  const warnings: Error[] = []
  const warn = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warn)
  const { signal } = new AbortController()
  await Promise.all([
    ...Array.from({ length: 50 }, () => db.get('a', { signal })),
    ...Array.from({ length: 50 }, () => db.doTransaction((tn) => tn.get('a'), { signal })),
  ])
  expect(listeners(signal)).toBe(0)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', warn)
  expect(warnings).toEqual([])
})
