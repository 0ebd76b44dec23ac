/**
 * Synchronous calls that look at the machine, or change it. They throw in a workload, with the name of the
 * call and what to use. What Node and packages do while they are loaded is left alone.
 */
import { createRequire } from 'node:module'
import * as nodeModule from 'node:module'
import { currentClient } from '../client/current-client.ts'
import { NotSimulatedError } from './not-simulated.ts'

const require = createRequire(import.meta.url)

interface Refusal {
  readonly of: () => object
  /** How the object is called in messages. */
  readonly called: string
  readonly names: readonly string[] | RegExp
  readonly advice: string
  /** The top of the author's module may: it sees the same files in every run. */
  readonly topMay?: boolean
}

const MACHINE = 'it differs from run to run; count what the workload itself does'
const PROCESSES = 'nothing outside of the simulation can be part of it'
const KEYS = 'its result is another in every run; read a key from a file at the top of the module'
const builtIn = (name: string) => () => require(name) as object

const REFUSALS: readonly Refusal[] = [
  {
    of: builtIn('node:fs'),
    called: 'fs',
    names: /Sync$/,
    advice:
      'read files at the top of the module, and tell what is to be told with ctx.trace or console.log',
    topMay: true,
  },
  {
    of: builtIn('node:child_process'),
    called: 'child_process',
    names: /^(exec|spawn|fork)/,
    advice: PROCESSES,
  },
  {
    of: builtIn('node:crypto'),
    called: 'crypto',
    names: /^generate|^create(ECDH|DiffieHellman)/,
    advice: KEYS,
  },
  { of: builtIn('node:v8'), called: 'v8', names: /^(get|write|take)/, advice: MACHINE },
  {
    of: builtIn('node:perf_hooks'),
    called: 'perf_hooks',
    names: ['monitorEventLoopDelay', 'createHistogram'],
    advice: MACHINE,
  },
  {
    of: () => performance,
    called: 'performance',
    names: ['mark', 'measure', 'timerify', 'eventLoopUtilization', 'toJSON'],
    advice: 'it reads a clock of the machine; performance.now() and ctx.now() are simulated time',
  },
  {
    of: () => process,
    called: 'process',
    names: [
      'memoryUsage',
      'cpuUsage',
      'resourceUsage',
      'constrainedMemory',
      'availableMemory',
      'getActiveResourcesInfo',
    ],
    advice: MACHINE,
  },
  {
    of: () => process,
    called: 'process',
    names: ['kill', 'chdir', 'dlopen', 'setUncaughtExceptionCaptureCallback'],
    advice: PROCESSES,
  },
  {
    of: () => (globalThis as unknown as { WebAssembly: object }).WebAssembly,
    called: 'WebAssembly',
    names: ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming'],
    advice:
      'it works in a thread of its own: use new WebAssembly.Module and new WebAssembly.Instance',
  },
  {
    of: () => Atomics,
    called: 'Atomics',
    names: ['waitAsync'],
    advice: 'there is no other thread that could notify it',
  },
  {
    of: () => globalThis,
    called: 'globalThis',
    names: ['fetch'],
    advice: 'the simulated cluster is reached through db only',
  },
]

type Call = (this: unknown, ...args: unknown[]) => unknown

export function refuseRealCalls(): void {
  const loads = countLoads()
  for (const { of, called, names, advice, topMay } of REFUSALS) {
    const object = of() as Record<string, unknown>
    const refuses = (): boolean => {
      const client = currentClient()
      return client !== undefined && loads() === 0 && !(topMay === true && client.loading)
    }
    for (const name of namesOf(object, names)) {
      const full = called === 'globalThis' ? name : `${called}.${name}`
      const value = guard(object[name] as Call, full, advice, refuses)
      Object.defineProperty(object, name, { value, configurable: true, writable: true })
    }
  }
}

/** A function, and those that hang on it (`memoryUsage.rss`, `realpathSync.native`). */
function guard(real: Call, called: string, advice: string, refuses: () => boolean): Call {
  const guarded = function (this: unknown, ...args: unknown[]): unknown {
    if (refuses()) throw new NotSimulatedError(called, advice)
    return real.apply(this, args)
  }
  for (const [name, part] of Object.entries(real)) {
    const value: unknown =
      typeof part === 'function' ? guard(part as Call, `${called}.${name}`, advice, refuses) : part
    Object.assign(guarded, { [name]: value })
  }
  return guarded
}

function namesOf(object: Record<string, unknown>, names: readonly string[] | RegExp): string[] {
  const wanted =
    names instanceof RegExp ? Object.keys(object).filter((name) => names.test(name)) : names
  return wanted.filter((name) => typeof object[name] === 'function')
}

/** How many CommonJS modules are being loaded: a package may load parts of it when they are first used. */
function countLoads(): () => number {
  const { Module } = nodeModule as unknown as { Module: { _load?: Call } }
  const { _load: load } = Module
  let depth = 0
  if (load !== undefined) {
    Module._load = function (this: unknown, ...args: unknown[]): unknown {
      depth++
      try {
        return load.apply(this, args)
      } finally {
        depth--
      }
    }
  }
  return () => depth
}
