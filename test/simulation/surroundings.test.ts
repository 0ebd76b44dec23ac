import { expect, it } from 'vitest'
import { onEachSimulator } from './simulate.ts'

const OPTIONS = ['  number = 7', "  text = 'b'", '  flag = true', '  wide = 9']
const surroundings = {
  module: 'surroundings.ts',
  workload: 'surroundings',
  options: OPTIONS,
  environment: { NODE_OPTIONS: '--no-such-flag', TZ: 'Asia/Tokyo', FDBKIT_OTHER: 'x' },
}

onEachSimulator('a workload process', (simulate) => {
  it('has simulated time and chance, no inheritance, and the same events every time', async () => {
    const first = await simulate(surroundings)
    expect(first.errors).toEqual([])
    expect(first.problem).toBe('')
    const drawn = first.events.filter((line) => line.includes(' Drawn '))
    expect(drawn.length).toBeGreaterThan(0)
    // Each client draws from a stream of its own.
    expect(new Set(drawn.map((line) => /Digest=(\w+)/.exec(line)?.[1])).size).toBe(drawn.length)

    // And all have one number in common, of the test.
    const shared = first.events.filter((line) => line.includes(' Shared '))
    expect(shared.length).toBe(drawn.length)
    expect(new Set(shared.map((line) => /Number=(-?\d+)/.exec(line)?.[1])).size).toBe(1)

    const again = await simulate({ ...surroundings, environment: { TZ: 'UTC' } })
    expect(again.unseed).toBe(first.unseed)
    expect(again.events).toEqual(first.events)
  })

  it('is the same without Node’s tick callback', async () => {
    const ticks = await simulate(surroundings)
    const loop = await simulate({ ...surroundings, environment: { FDBKIT_SIM_DRAIN: 'loop' } })
    expect(loop.problem).toBe('')
    expect([loop.unseed, loop.events]).toEqual([ticks.unseed, ticks.events])
  })

  it('keeps handles to their phase, and settles every future once', async () => {
    const handles = { module: 'handles.ts', workload: 'handles', seed: 5 }
    const first = await simulate(handles)
    expect(first.errors).toEqual([])
    expect(first.problem).toBe('')
    const again = await simulate(handles)
    expect([again.unseed, again.events]).toEqual([first.unseed, first.events])
  })

  it('lets time pass while a task yields, and the same every time', async () => {
    const yielding = { module: 'yielding.ts' }
    const first = await simulate(yielding)
    expect(first.errors).toEqual([])
    expect(first.problem).toBe('')
    expect(first.events.filter((line) => line.includes(' Yielded '))).not.toEqual([])
    const again = await simulate(yielding)
    expect([again.unseed, again.events]).toEqual([first.unseed, first.events])
  })
})
