/** The points of the bridge that need a simulator; docs/simulation.md has the table of all of them. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import { pluginPath } from '../../src/native/library/engine-path.ts'
import { onEachSimulator, quickTest } from './simulate.ts'

const root = join(import.meta.dirname, '../..')

function numbersOf(events: readonly string[], name: string): number[] {
  return events.flatMap((line) => {
    const found = new RegExp(`${name}=([\\d.]+)`).exec(line)
    return found === null ? [] : [Number(found[1])]
  })
}

/** The same files in another place, as another checkout has them. */
function anotherCheckout(name: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'fdbkit-test-')), name)
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true, force: true }))
  mkdirSync(join(folder, 'build/plugin'), { recursive: true })
  for (const path of ['package.json', 'dist', 'build/plugin/libfdbkit_workload.so', 'workloads']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

onEachSimulator('the bridge', (simulate) => {
  it('takes results that are there before anybody waits, in order and in no time', async () => {
    const result = await simulate({ module: 'bridge.ts', workload: 'ready' })
    expect(result.errors).toEqual([])
    expect(result.problem).toBe('')
    const waited = numbersOf(result.events, 'Waited')
    expect(waited.length).toBeGreaterThan(0)
    expect(new Set(waited)).toEqual(new Set([0]))
  })

  it('answers the poll of a task at once when the result is there, and the same in each run', async () => {
    const run = (): Promise<SeedResult> => simulate({ module: 'bridge.ts', workload: 'polled' })
    const [first, second] = [await run(), await run()]
    expect([first.errors, first.problem]).toEqual([[], ''])
    expect(new Set(numbersOf(first.events, 'Finished'))).toEqual(new Set([1]))
    expect([second.unseed, second.events]).toEqual([first.unseed, first.events])
  })

  it('gives a client its own chance and timers, whoever woke it; all clients are in one process', async () => {
    const run = (woken: boolean) =>
      simulate({
        module: 'bridge.ts',
        workload: 'drawing',
        seed: 5,
        options: [`  woken = ${woken}`],
      })
    const [alone, woken] = [await run(false), await run(true)]
    expect([...alone.errors, ...woken.errors]).toEqual([])
    const drawn = (events: readonly string[]): string[] =>
      events.flatMap((line) => /Id=.*$/.exec(line)?.[0] ?? []).sort()
    expect(drawn(woken.events)).toEqual(drawn(alone.events))
    // Each drew other numbers, and there was somebody to wake.
    const clients = numbersOf(alone.events, 'Count')[0] as number
    expect(clients).toBeGreaterThan(1)
    expect(new Set(drawn(alone.events).map((line) => /Drawn=(.*)/.exec(line)?.[1])).size).toBe(
      clients,
    )
  })

  it('is the same whether Node starts with the simulator or with its first workload', async () => {
    const run = (environment: Readonly<Record<string, string>>): Promise<SeedResult> =>
      simulate({ module: 'bridge.ts', workload: 'drawing', seed: 5, environment })
    const ahead = { FDBKIT_SIM_AHEAD: '1', LD_PRELOAD: pluginPath() }
    const [first, second] = [await run(ahead), await run({ LD_PRELOAD: '' })]
    expect([first.errors, first.problem]).toEqual([[], ''])
    expect([second.unseed, second.events]).toEqual([first.unseed, first.events])
    const without = await run({ ...ahead, FDBKIT_SIM_NODE: '/nowhere/node' })
    expect(without.errors.join('\n')).toMatch(/node exited with code 127/)
  })

  it('outlives the closing of its library, between two tests and below two workloads', async () => {
    const one = quickTest({ module: 'bridge.ts', workload: 'counting' })
    const test = one.slice(one.indexOf('[[test]]'))
    const second = test.slice(test.indexOf('  [[test.workload]]'))
    const text = `${one}\n${second}\n${test}`
    const result = await simulate({ module: 'bridge.ts', test: text })
    expect(result.errors).toEqual([])
    expect(result.problem).toBe('')
    // An instance of the module for each client of three workloads: one process has seen them all.
    const counts = numbersOf(result.events, 'Count')
    expect(counts.length).toBeGreaterThanOrEqual(3)
    expect(Math.max(...counts)).toBe(counts.length)
  })

  it('has the same simulation wherever the checkout is', async () => {
    const test = readFileSync(join(root, 'workloads/atomic.toml'), 'utf8')
    const here = await simulate({ module: join(root, 'workloads/atomic.ts'), test, seed: 3 })
    expect(here.problem).toBe('')
    const folder = anotherCheckout(`with-a-name-that-is-longer-${'x'.repeat(100)}`)
    const there = await simulate({
      module: join(folder, 'workloads/atomic.ts'),
      test,
      seed: 3,
      library: join(folder, 'build/plugin/libfdbkit_workload.so'),
      environment: { FDBKIT_SIM_MAIN: join(folder, 'dist/simulation/main.js') },
    })
    expect([there.problem, there.unseed, there.events]).toEqual(['', here.unseed, here.events])
  })

  it('ends with the simulator, also when that is killed', async () => {
    let simulator = 0
    let node: number[] = []
    const ended = await simulate({
      module: 'bridge.ts',
      workload: 'endless',
      onStart: (pid) => (simulator = pid),
      onOutput: (text) => {
        if (node.length > 0 || !text.includes('the workload runs')) return
        const children = readFileSync(`/proc/${simulator}/task/${simulator}/children`, 'utf8')
        node = children.trim().split(' ').map(Number)
        process.kill(simulator, 'SIGKILL')
      },
    })
    // It has the simulator's standard error: that this run has ended says that Node has closed it.
    expect(ended.problem).toMatch(/ended with SIGKILL/)
    expect(node.length).toBe(1)
    expect(isAlive(node[0] as number)).toBe(false)
  })

  it('traces tasks and transactions on request, which changes nothing', async () => {
    const plain = await simulate({ module: 'tasks.ts' })
    const traced = await simulate({ module: 'tasks.ts', traceEvents: ['tasks', 'transactions'] })
    expect(traced.problem).toBe('')
    expect(traced.unseed).toBe(plain.unseed)
    const types = new Set(traced.events.map((line) => line.split(' ')[1]))
    for (const type of ['Spawn', 'Poll', 'Wake', 'Drop', 'Dropped']) {
      expect(types).toContain(`FdbkitTask${type}`)
    }
    expect(types).toContain('FdbkitTransactionStarted')
    expect(types).toContain('FdbkitTransactionCommitted')
    const rest = traced.events.filter((line) => !/ Fdbkit(Task|Transaction)/.test(line))
    expect(rest).toEqual(plain.events)
  })
})

/** A process that has ended and that nobody has waited for is none. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
