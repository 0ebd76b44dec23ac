/** One client of the simulation: its port, its chance, its timers, its workload and the phase that runs. */
import { DatabaseContext } from '../../client/connection/database-context.ts'
import { Database } from '../../client/database/database.ts'
import { root } from '../../client/keys/subspace.ts'
import { DatabaseHandle } from '../../future/handles/database-handle.ts'
import { readNothing } from '../../future/port/payload.ts'
import { captureContext, runIn } from '../../native/environment/context.ts'
import { seededRandom } from '../../native/environment/deterministic-environment.ts'
import {
  checkDelay,
  type Environment,
  type TimerHandle,
} from '../../native/environment/environment.ts'
import { Op, type Batch } from '../bridge/batch.ts'
import { BridgePort } from '../bridge/bridge-port.ts'
import type { BridgeMemory } from '../bridge/bridge-memory.ts'
import type { SimulatedClock } from '../bridge/simulated-clock.ts'
import { messageOf, stackDetails } from '../trace/stack-text.ts'
import {
  SEVERITIES,
  WorkloadContext,
  type ContextClient,
  type TraceDetails,
} from '../author/workload-context.ts'
import {
  checkDefault,
  parseOption,
  type OptionDefault,
  type OptionValueOf,
} from '../author/option-values.ts'
import { checkSeconds } from '../author/check-definition.ts'
import type { PhaseName } from '../author/phases.ts'
import { faultOf } from './verdict.ts'
import type { Oracle, OracleTrace } from '../oracle/oracle.ts'
import { TransactionTrace } from '../trace/transaction-trace.ts'
import type { WorkloadDefinition } from '../author/workload.ts'

/** What the plugin selects. */
const API_VERSION = 740
/** To who uses a handle when its phase is over. */
const EARLIER_PHASE = 'It was that of an earlier phase: each phase is given its own.'

/** An event must not exceed fdbserver's own limit, which would be an error by itself. */
const MOST_DETAILS = 20
const LONGEST_DETAIL = 400
const LONGEST_EVENT = 3000

export interface ClientIdentity {
  readonly number: number
  readonly id: number
  readonly count: number
  readonly sharedRandomNumber: bigint
}

class SimulatedTimer {
  readonly port: BridgePort
  slot = -1
  fire: (() => void) | undefined

  constructor(port: BridgePort, fire: () => void) {
    this.port = port
    this.fire = fire
  }
}

/** A timer may be cleared by the code of another client: it knows its own. */
export function clearSimulatedTimer(timer: TimerHandle): void {
  if (!(timer instanceof SimulatedTimer) || timer.fire === undefined) return
  timer.fire = undefined
  timer.port.cancel(timer.slot)
}

export class SimulatedClient implements ContextClient {
  readonly number: number
  readonly id: number
  readonly count: number
  readonly sharedRandomNumber: bigint
  readonly port: BridgePort
  readonly environment: Environment
  /** The module's top runs. */
  loading = true
  readonly #batch: Batch
  readonly #clock: SimulatedClock
  readonly #options = new Map<string, string | undefined>()
  #workload: WorkloadDefinition | undefined
  #context: WorkloadContext | undefined
  #failedToBegin = false
  #leftOut = 0
  #running: PhaseName | undefined
  #oracle: Oracle | undefined

  constructor(identity: ClientIdentity, batch: Batch, memory: BridgeMemory, clock: SimulatedClock) {
    this.number = identity.number
    this.id = identity.id
    this.count = identity.count
    this.sharedRandomNumber = identity.sharedRandomNumber
    this.#batch = batch
    this.#clock = clock
    this.port = new BridgePort(identity.number, batch, memory)
    const random = seededRandom(seedOf(identity))
    this.environment = {
      now: () => clock.milliseconds,
      random,
      setTimer: (delay, callback) => this.#setTimer(delay, callback),
      clearTimer: clearSimulatedTimer,
      defer: (callback) => queueMicrotask(callback),
    }
  }

  /** Reads the declared options and tells fdbserver what it must know before the first phase. */
  begin(workload: WorkloadDefinition): void {
    const declared = Object.entries(workload.options ?? {})
    // Made at once: an assignment to a name like __proto__ would be another thing.
    const values: Readonly<Record<string, unknown>> = Object.fromEntries(
      declared.map(([name, fallback]) => [name, this.option(name, fallback)]),
    )
    this.#workload = workload
    this.#context = new WorkloadContext(this, values as never)
    const { checkTimeout } = workload
    checkSeconds(checkTimeout)
    if (checkTimeout === undefined) return
    this.#batch.put(Op.checkTimeout, this.number, { double: checkTimeout })
  }

  /** There is no workload; what the phases give is false. */
  failToBegin(problem: unknown): void {
    this.#failedToBegin = true
    this.traceFailure('factory', problem)
  }

  /** Runs a phase to its end; the verdict goes to fdbserver then. Never rejects. */
  async run(phase: PhaseName): Promise<void> {
    let verdict = false
    this.#running = phase
    const handle = DatabaseHandle.adopt(this.port, this.port.beginPhase())
    const oracle = this.#oracle
    try {
      if (oracle !== undefined) await oracle.begin(this.port, handle, this.#oracleTrace)
      const context = new DatabaseContext(handle, API_VERSION, this.environment)
      context.witness = oracle?.runs
      const workload = this.#workload
      const body = workload?.[phase]
      if (workload !== undefined && this.#context !== undefined) {
        const gave: unknown =
          body === undefined
            ? true
            : await body.call(workload, new Database(context, root), this.#context)
        const fault = faultOf(phase, gave)
        verdict = fault === undefined
        if (fault !== undefined) this.traceFailure(phase, fault)
      } else if (!this.#failedToBegin) {
        this.failToBegin(
          'the module is not loaded: an await at its top waits for something that only a simulation that ' +
            'goes on could bring',
        )
      }
    } catch (error) {
      this.traceFailure(phase, error)
    }
    if (oracle !== undefined) {
      await oracle.end(this.port, handle, this.#oracleTrace, phase === 'check', verdict)
    }
    this.port.endPhase()
    if (!handle.closed) handle.close(EARLIER_PHASE)
    this.#batch.put(Op.promise, this.number, verdict ? 1 : 0)
    this.#running = undefined
  }

  /** The simulator ends the workload; if a phase still runs, that is why it gave up. */
  end(): void {
    this.#oracle?.forget(this.port, this.#running !== undefined)
    if (this.#leftOut > 0) {
      this.trace(SEVERITIES.warn, 'FdbkitEventsLeftOut', { Client: this.id, Count: this.#leftOut })
    }
    if (this.#running === undefined) return
    this.trace(SEVERITIES.warnAlways, 'FdbkitWorkloadUnfinished', {
      Phase: this.#running,
      Client: this.id,
      Reason: `${this.#running} has not ended: it waits for something that does not come`,
    })
  }

  metrics(): void {
    const workload = this.#workload
    if (workload?.metrics === undefined || this.#context === undefined) return
    for (const [name, metric] of Object.entries(workload.metrics(this.#context))) {
      const { value, average } =
        typeof metric === 'number' ? { value: metric, average: false } : metric
      if (typeof value !== 'number') throw new TypeError(`metric ${name} is not a number`)
      this.#batch.put(Op.metric, this.number, { double: value }, average ? 1 : 0, name)
    }
  }

  option<T extends OptionDefault>(name: string, fallback: T): OptionValueOf<T> {
    checkDefault(name, fallback)
    if (!this.#options.has(name)) this.#options.set(name, this.#readOption(name))
    const text = this.#options.get(name)
    return (text === undefined ? fallback : parseOption(name, text, fallback)) as OptionValueOf<T>
  }

  trace(severity: number, name: string, details: TraceDetails): void {
    this.#batch.put(Op.trace, this.number, ...this.#event(severity, name, details))
  }

  /** Events of what handles do: one is left out, and counted, when there is no room for it. */
  traceOnRequest(name: string, details: TraceDetails): void {
    const event = this.#event(SEVERITIES.info, name, details)
    if (!this.#batch.putAside(Op.trace, this.number, ...event)) this.#leftOut++
  }

  /** From here on the oracle checks what this client does. */
  checkBy(oracle: Oracle): void {
    this.#oracle = oracle
    oracle.watch(this.port, this.id)
  }

  get #oracleTrace(): OracleTrace {
    return {
      violation: (name, details) => this.trace(SEVERITIES.error, name, details),
      note: (name, details) => this.trace(SEVERITIES.info, name, details),
    }
  }

  /** From here on the attempts of transactions are traced. */
  traceTransactions(): void {
    this.port.transactions = new TransactionTrace(
      () => this.environment.now(),
      (name, details) => this.traceOnRequest(name, details),
    )
  }

  /** The client's number marks the events of workloads among the simulator's own. */
  #event(severity: number, name: string, details: TraceDetails): (string | number)[] {
    const entries = Object.entries(details)
    if (entries.length > MOST_DETAILS) {
      throw new RangeError(
        `a trace event has at most ${MOST_DETAILS} details, not ${entries.length}`,
      )
    }
    const operands: (string | number)[] = [severity, entries.length + 1, name]
    operands.push('WorkloadClient', String(this.number))
    let room = LONGEST_EVENT
    for (const [key, value] of entries) {
      const text = String(value).slice(0, Math.max(0, Math.min(LONGEST_DETAIL, room)))
      room -= text.length
      operands.push(key, text)
    }
    return operands
  }

  /** An error event: the test fails. */
  traceFailure(where: string, problem: unknown): void {
    this.trace(SEVERITIES.error, 'FdbkitWorkloadFailure', {
      Phase: where,
      Client: this.id,
      Reason: messageOf(problem),
      ...stackDetails(problem),
    })
  }

  /** Reading takes an option away, and says nothing of one that was not given: hence the fallback. */
  #readOption(name: string): string | undefined {
    const absent = '\u0001'
    this.#batch.put(Op.getOption, this.number, name, absent)
    this.#batch.call()
    const text = this.#batch.answeredText()
    return text === absent ? undefined : text
  }

  #setTimer(delay: number, callback: () => void): TimerHandle {
    const timer = new SimulatedTimer(this.port, callback)
    const due = this.#clock.milliseconds + checkDelay(delay)
    const context = captureContext()
    const complete = (error: number): void => {
      if (error === 0) this.#clock.reach(due)
      const { fire } = timer
      timer.fire = undefined
      timer.slot = -1
      if (fire !== undefined) runIn(context, fire, undefined)
    }
    const owner = { read: readNothing, complete, lost: () => undefined }
    timer.slot = this.port.delay(owner, checkDelay(delay) / 1000)
    return timer
  }
}

/** FNV-1a over what tells the client from others. */
function seedOf(identity: ClientIdentity): number {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(`${identity.sharedRandomNumber}/${identity.number}`)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return Number(hash >> 11n)
}
