/**
 * The pump of the workload process: takes an event, lets all JavaScript run that can, hands the commands
 * back. It never returns to Node's event loop, so nothing but the simulation makes anything happen.
 */
import { Batch, Op } from '../bridge/batch.ts'
import { EventKind, Reply, type BridgeMemory } from '../bridge/bridge-memory.ts'
import { runAs } from '../client/current-client.ts'
import { BridgeCalls } from '../bridge/bridge-calls.ts'
import { Oracle } from '../oracle/oracle.ts'
import { refuseRealAsync } from '../world/refusal.ts'
import { SimulatedClient } from '../client/simulated-client.ts'
import { PHASES, type PhaseName } from '../author/phases.ts'
import type { Settings } from './settings.ts'
import type { SimulatedClock } from '../bridge/simulated-clock.ts'
import { messageOf, stackOf } from '../trace/stack-text.ts'
import type { AuthorModules } from './author-modules.ts'
import { findWorkload } from './find-workload.ts'

/** What runs ticks, microtasks and unhandled rejections: Node's own, or the way through its event loop. */
export type Drain = (() => void) | undefined

const HEAD_BYTES = 8

export class WorkloadProcess {
  readonly #memory: BridgeMemory
  readonly #batch: Batch
  readonly #clock: SimulatedClock
  readonly #clients = new Map<number, SimulatedClient>()
  #modules: AuthorModules | undefined
  readonly #settings: Settings
  readonly #oracle: Oracle | undefined
  #failed = false
  #paused = false

  constructor(memory: BridgeMemory, clock: SimulatedClock, settings: Settings) {
    this.#settings = settings
    this.#memory = memory
    this.#batch = new Batch(memory)
    this.#clock = clock
    const { calls, oracle } = settings
    if (calls !== '') this.#batch.calls = new BridgeCalls(calls)
    if (oracle !== undefined) {
      this.#oracle = new Oracle(oracle, this.#batch, () => clock.milliseconds / 1000)
    }
  }

  /** The plugin ends the process and fails every client. Only the first failure counts. */
  fail(problem: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#batch.put(Op.fatal, 0, messageOf(problem), stackOf(problem))
  }

  /** The module is loaded, or the failure is written: fdbserver goes on. */
  ready(modules: AuthorModules | undefined): void {
    this.#modules = modules
    this.#batch.finish(Reply.ready)
  }

  /** Takes steps for ever: called from the event loop, not from a microtask, or nothing would drain. */
  run(drain: Drain, later: (callback: () => void) => void): void {
    const own = drain === undefined ? ['Immediate'] : []
    refuseRealAsync((problem) => this.fail(problem), own)
    if (drain === undefined) return this.#runByEventLoop(later)
    for (;;) {
      this.#dispatch()
      this.#guard(drain)
      this.#batch.finish(Reply.idle)
    }
  }

  /** Without Node's tick callback the event loop drains, between two immediates. */
  #runByEventLoop(later: (callback: () => void) => void): void {
    this.#dispatch()
    later(() => {
      this.#batch.finish(Reply.idle)
      this.#runByEventLoop(later)
    })
  }

  #dispatch(): void {
    const memory = this.#memory
    memory.wait()
    this.#batch.calls?.came(memory)
    this.#clock.moveTo(memory.now)
    this.#guard(() => this.#handle())
  }

  #guard(body: () => void): void {
    try {
      body()
    } catch (problem) {
      this.fail(problem)
    }
  }

  #handle(): void {
    const { kind, client: number, a, b, length } = this.#memory
    if (kind === EventKind.factory) return this.#make(number, a, b, length)
    const client = this.#clients.get(number)
    if (client === undefined) return
    switch (kind) {
      case EventKind.completion:
        return runAs(client, () => client.port.settle(a, b, length))
      case EventKind.phase:
        this.#pauseOnce()
        return runAs(client, () => void client.run(PHASES[a] as PhaseName))
      case EventKind.metrics:
        return runAs(client, () => client.metrics())
      case EventKind.free:
        client.end()
        this.#clients.delete(number)
        return
      default:
        throw new Error(`the plugin sent an event of kind ${kind}`)
    }
  }

  #make(number: number, id: number, count: number, length: number): void {
    const { answer, eventData } = this.#memory
    const sharedRandomNumber = answer.getBigInt64(0, true)
    const name = Buffer.from(eventData.subarray(HEAD_BYTES, length)).toString()
    const identity = { number, id, count, sharedRandomNumber }
    const client = new SimulatedClient(identity, this.#batch, this.#memory, this.#clock)
    this.#clients.set(number, client)
    if (this.#settings.traceEvents.includes('transactions')) client.traceTransactions()
    if (this.#oracle !== undefined) client.checkBy(this.#oracle)
    runAs(client, () => void this.#begin(client, name))
  }

  /** A debugger gets its chance to set breakpoints: the author's modules are loaded, and nothing has run. */
  #pauseOnce(): void {
    if (this.#paused || this.#settings.inspectPort === undefined) return
    this.#paused = true
    debugger
  }

  /** All within the step, unless the module waits at its top: then the first phase says so. */
  async #begin(client: SimulatedClient, name: string): Promise<void> {
    const modules = this.#modules as AuthorModules
    try {
      const exports = await modules.instantiate()
      client.loading = false
      client.begin(findWorkload(exports, name, modules.path))
    } catch (problem) {
      client.failToBegin(problem)
    }
  }
}
