import { writeSync } from 'node:fs'
import { setImmediate as realImmediate } from 'node:timers'
import { AuthorModules } from './author-modules.ts'
import { BridgeMemory } from './bridge-memory.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { installSimulatedGlobals } from './simulated-globals.ts'
import { WorkloadProcess, type Drain } from './workload-process.ts'

const MODULE_VARIABLE = 'FDBKIT_SIM_MODULE'

/** Loads the author's module and runs its workloads until fdbserver ends. */
export async function runWorkloadProcess(): Promise<void> {
  const memory = new BridgeMemory()
  const clock = new SimulatedClock()
  const workloads = new WorkloadProcess(memory, clock)
  const drain = tickCallback()
  const immediate = realImmediate
  writeSynchronously()
  process.on('uncaughtException', (problem) => workloads.fail(problem))
  process.on('unhandledRejection', (problem) => workloads.fail(problem))
  const path = process.env[MODULE_VARIABLE] ?? ''
  try {
    installSimulatedGlobals(clock)
    if (path === '') {
      throw new Error(`no workload module: ${MODULE_VARIABLE} in the environment names its file`)
    }
    workloads.ready(await AuthorModules.read(path))
  } catch (problem) {
    workloads.fail(problem)
    workloads.ready(undefined)
  }
  immediate(() => workloads.run(drain, immediate))
}

/**
 * What Node calls after each callback of its event loop: it runs ticks and microtasks until none is left.
 * Undocumented, so a Node without it, or FDBKIT_SIM_DRAIN=loop, goes through the event loop.
 */
function tickCallback(): Drain {
  const { _tickCallback: callback } = process as { _tickCallback?: () => void }
  if (typeof callback !== 'function' || process.env['FDBKIT_SIM_DRAIN'] === 'loop') return undefined
  return () => callback.call(process)
}

/** Output in flight would be asynchronous work. */
function writeSynchronously(): void {
  for (const [stream, descriptor] of [
    [process.stdout, 1],
    [process.stderr, 2],
  ] as const) {
    stream.write = (chunk: string | Uint8Array): boolean => {
      writeSync(descriptor, typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
      return true
    }
  }
}
