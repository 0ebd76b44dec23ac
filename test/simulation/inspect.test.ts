import { expect, it } from 'vitest'
import type { SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import { DebuggerSession } from './debugger-session.ts'
import { onEachSimulator, type Simulate } from './simulate.ts'

const MODULE = 'inspected.ts'

/** Starts a simulation that waits for a debugger, and attaches one. */
async function inspect(simulate: Simulate, workload: string, settings: readonly string[] = []) {
  let heard = ''
  let found: (url: string) => void
  const url = new Promise<string>((resolve) => (found = resolve))
  const onOutput = (text: string): void => {
    heard += text
    // The whole line: output comes in pieces.
    const listening = /ws:\/\/\S+(?=\n)/.exec(heard)
    if (listening !== null) found(listening[0])
  }
  const result: Promise<SeedResult> = simulate({
    module: MODULE,
    workload,
    settings,
    inspect: 0,
    onOutput,
  })
  // A run that ends without listening has failed: the reason is in its result.
  const ended = result.then((early) => Promise.reject(new Error(`${early.problem}: ${heard}`)))
  ended.catch(() => undefined)
  const debug = await DebuggerSession.connect(await Promise.race([url, ended]))
  await debug.send('Runtime.enable')
  await debug.send('Debugger.enable')
  await debug.send('Runtime.runIfWaitingForDebugger')
  // The first pause comes before the first phase, with the modules loaded.
  await debug.paused()
  return { debug, result }
}

onEachSimulator('a debugger', (simulate) => {
  it('stops the simulator with the workload, and changes nothing', async () => {
    const { debug, result } = await inspect(simulate, 'breaks')
    await debug.resume()
    const paused = await debug.paused()
    expect(debug.scriptOf(paused)).toMatch(/inspected\.ts$/)
    const now = await debug.evaluate(paused, 'ctx.now()')
    expect(now).toBeGreaterThan(1)
    // Twenty round trips of real time later it is the same moment.
    for (let i = 0; i < 20; i++) expect(await debug.evaluate(paused, 'ctx.now()')).toBe(now)
    await debug.resume()
    const inspected = await result
    debug.close()
    expect(inspected.errors).toEqual([])
    expect(inspected.problem).toBe('')
    const plain = await simulate({ module: MODULE, workload: 'breaks' })
    expect([plain.unseed, plain.events]).toEqual([inspected.unseed, inspected.events])
  })

  it('pauses a workload that runs, and lets it go on', async () => {
    const { debug, result } = await inspect(simulate, 'loops', ['timeout = 20000'])
    await debug.resume()
    await debug.pause()
    const now = await debug.evaluateBeside(/inspected\.ts$/, 'Date.now()')
    expect(now).toHaveLength(1)
    for (let i = 0; i < 20; i++) {
      expect(await debug.evaluateBeside(/inspected\.ts$/, 'Date.now()')).toEqual(now)
    }
    await debug.evaluateBeside(/inspected\.ts$/, 'globalThis.released = true')
    await debug.goOn()
    const { errors, problem } = await result
    debug.close()
    expect(errors).toEqual([])
    expect(problem).toBe('')
  })
})
