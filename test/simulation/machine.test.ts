import { join } from 'node:path'
import { expect, it } from 'vitest'
import { onEachSimulator } from './simulate.ts'

onEachSimulator('what a workload sees', (simulate) => {
  it('of the machine is the same everywhere, and each client has modules of its own', async () => {
    const first = await simulate({ module: 'machine.ts', workload: 'machine' })
    expect(first.errors).toEqual([])
    expect(first.problem).toBe('')
    const drawn = first.events.filter((line) => line.includes(' TopDrawn '))
    expect(new Set(drawn.map((line) => /Number=([\d.]+)/.exec(line)?.[1])).size).toBe(drawn.length)
    const again = await simulate({
      module: 'machine.ts',
      workload: 'machine',
      environment: {
        LC_ALL: 'de_DE.UTF-8',
        LANG: 'de_DE.UTF-8',
        HOSTNAME: 'other',
        HOME: '/other',
      },
    })
    expect([again.unseed, again.events]).toEqual([first.unseed, first.events])
  })

  it('is an object of a class, one for each client, chosen by its name', async () => {
    const result = await simulate({
      module: 'machine.ts',
      workload: 'Counting',
      options: ['  count = 4'],
    })
    expect(result.errors).toEqual([])
    expect(result.problem).toBe('')
  })

  it('may come from CommonJS', async () => {
    const result = await simulate({ module: 'common.cjs', workload: 'plain' })
    expect(result.errors).toEqual([])
    expect(result.problem).toBe('')
  })

  it('is no workload when the top of its module waits for simulated time', async () => {
    const result = await simulate({ module: join(import.meta.dirname, 'fixtures/waiting.ts') })
    expect(result.passed).toBe(false)
    expect(result.errors.join('\n')).toMatch(/FdbkitWorkloadFailure.*an await at its top/)
  })

  it('are tasks, channels, choices and timers on simulated time', async () => {
    const first = await simulate({ module: 'tasks.ts' })
    expect(first.errors).toEqual([])
    expect(first.problem).toBe('')
    expect(first.events.some((line) => line.includes(' TasksDone '))).toBe(true)
    const again = await simulate({ module: 'tasks.ts' })
    expect([again.unseed, again.events]).toEqual([first.unseed, first.events])
  })
})
