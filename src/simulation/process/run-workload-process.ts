import { writeSync } from 'node:fs'
import { open as openInspector } from 'node:inspector'
import { setImmediate as realImmediate } from 'node:timers'
import { AuthorModules } from './author-modules.ts'
import { BridgeMemory } from '../bridge/bridge-memory.ts'
import { currentClient } from '../client/current-client.ts'
import { traceLifecycle } from '../trace/lifecycle-trace.ts'
import { setEdits } from '../model/edits.ts'
import { readSettings } from './settings.ts'
import { SimulatedClock } from '../bridge/simulated-clock.ts'
import { installSimulatedGlobals } from '../world/simulated-globals.ts'
import { keepTextsIn } from './without-types.ts'
import { WorkloadProcess, type Drain } from './workload-process.ts'

// Taken before workloads are refused to write.
const write = writeSync

/** Loads the author's module and runs its workloads until the simulator ends. */
export async function runWorkloadProcess(): Promise<void> {
  const memory = new BridgeMemory()
  const clock = new SimulatedClock()
  const settings = readSettings(process.env)
  const workloads = new WorkloadProcess(memory, clock, settings)
  if (settings.cache !== '') keepTextsIn(settings.cache)
  const drain = settings.drainByLoop ? undefined : tickCallback()
  const immediate = realImmediate
  writeSynchronously()
  process.on('uncaughtException', (problem) => workloads.fail(problem))
  process.on('unhandledRejection', (problem) => workloads.fail(problem))
  try {
    setEdits(settings.program)
    installSimulatedGlobals(clock)
    if (settings.module === '') {
      throw new Error('no workload module: FDBKIT_SIM_MODULE in the environment names its file')
    }
    if (settings.traceEvents.includes('tasks')) {
      // By the client whose code it happens in.
      traceLifecycle((name, details) => currentClient()?.traceOnRequest(name, details))
    }
    if (settings.inspectPort !== undefined) {
      memory.answerDebugger()
      openInspector(settings.inspectPort, '127.0.0.1', true)
    }
    workloads.ready(await AuthorModules.read(settings.module))
  } catch (problem) {
    workloads.fail(problem)
    workloads.ready(undefined)
  }
  immediate(() => workloads.run(drain, immediate))
}

/**
 * What Node calls after each callback of its event loop: it runs ticks and microtasks until none is left.
 * Undocumented: a Node without it goes through the event loop.
 */
function tickCallback(): Drain {
  const { _tickCallback: callback } = process as { _tickCallback?: () => void }
  return typeof callback === 'function' ? () => callback.call(process) : undefined
}

/** Output in flight would be asynchronous work. */
function writeSynchronously(): void {
  for (const [stream, descriptor] of [
    [process.stdout, 1],
    [process.stderr, 2],
  ] as const) {
    stream.write = (chunk: string | Uint8Array): boolean => {
      write(descriptor, typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
      return true
    }
  }
}
