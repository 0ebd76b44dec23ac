/** The memory that the workload process shares with the plugin. See native-callbacks/plugin/node/layout.h. */
import { koffi } from '../../native/library/foreign.ts'

const MEMORY_DESCRIPTOR = 3
const MAGIC = 0x314b4446
const HEADER_BYTES = 4096
const EVENT_BYTES = 64 << 20
const COMMAND_BYTES = 16 << 20
const TOTAL_BYTES = HEADER_BYTES + EVENT_BYTES + COMMAND_BYTES
const EVENT_HEAD_BYTES = 32

// Words of the header.
const TOTAL = 1
const EVENT_BELL = 16
const REPLY_BELL = 32
const REPLY_KIND = 33
const REPLY_WORDS = 34
const CHILD_SLEEPS = 48
const PLUGIN_SLEEPS = 64
const NO_SPIN = 65

export const Reply = { ready: 1, idle: 2, call: 3 } as const

export const EventKind = {
  factory: 1,
  phase: 2,
  metrics: 3,
  free: 4,
  completion: 5,
  answer: 6,
} as const

const SPINS = 4000
const SLICE_SECONDS = 1n
/** A debugger's messages are read between two sleeps. */
const DEBUGGER_SLICE_NANOSECONDS = 20_000_000n

const FUTEX_WAIT = 0
const FUTEX_WAKE = 1
const FUTEX_CALL: Partial<Record<string, number>> = { x64: 202, arm64: 98 }

type Futex = (
  call: number,
  address: bigint,
  operation: number,
  value: number,
  timeout: BigInt64Array | null,
  second: null,
  third: number,
) => number

export class BridgeMemory {
  readonly commandWords: Int32Array
  readonly commandBytes: Uint8Array
  /** The bytes behind the head of an event. */
  readonly eventData: Uint8Array
  /** The 64-bit answer of a call. */
  readonly answer: DataView
  readonly #header: Int32Array
  readonly #event: Int32Array
  readonly #time: Float64Array
  readonly #base: bigint
  readonly #futex: Futex
  readonly #futexCall: number
  readonly #slice = BigInt64Array.of(SLICE_SECONDS, 0n)
  /** The system's: what a workload sees of its process is simulated. */
  readonly #parentNow: () => number
  readonly #parent: number
  #seen = 0

  constructor() {
    const libc = koffi().load(null)
    const map = libc.func(
      'uintptr_t mmap(uintptr_t at, size_t length, int protection, int flags, int fd, int64_t offset)',
    ) as unknown as (...args: (number | bigint)[]) => number | bigint
    this.#futex = libc.func(
      'long syscall(long call, uintptr_t address, int operation, int value, const int64_t *timeout, void *second, int third)',
    )
    this.#parentNow = libc.func('int getppid()')
    this.#parent = this.#parentNow()
    const call = FUTEX_CALL[process.arch]
    if (call === undefined) throw new Error(`no simulation on the processor ${process.arch} yet`)
    this.#futexCall = call
    const readAndWrite = 3
    const shared = 1
    this.#base = BigInt(map(0, TOTAL_BYTES, readAndWrite, shared, MEMORY_DESCRIPTOR, 0))
    if (BigInt.asIntN(64, this.#base) === -1n) {
      throw new Error('there is no memory to share: this program is started by fdbserver only')
    }
    const buffer = koffi().view(this.#base, TOTAL_BYTES)
    this.#header = new Int32Array(buffer, 0, HEADER_BYTES / 4)
    if (this.#header[0] !== MAGIC || this.#header[TOTAL] !== TOTAL_BYTES) {
      throw new Error('the plugin and the workload process are of different releases')
    }
    this.#event = new Int32Array(buffer, HEADER_BYTES, EVENT_HEAD_BYTES / 4)
    this.#time = new Float64Array(buffer, HEADER_BYTES, EVENT_HEAD_BYTES / 8)
    const data = HEADER_BYTES + EVENT_HEAD_BYTES
    this.eventData = new Uint8Array(buffer, data, EVENT_BYTES - EVENT_HEAD_BYTES)
    this.answer = new DataView(buffer, data, 8)
    const commands = HEADER_BYTES + EVENT_BYTES
    this.commandWords = new Int32Array(buffer, commands, COMMAND_BYTES / 4)
    this.commandBytes = new Uint8Array(buffer, commands, COMMAND_BYTES)
  }

  /** Sleeps are short from here on. */
  answerDebugger(): void {
    this.#slice.set([0n, DEBUGGER_SLICE_NANOSECONDS])
  }

  get kind(): number {
    return this.#event[0] as number
  }

  get client(): number {
    return this.#event[1] as number
  }

  get a(): number {
    return this.#event[2] as number
  }

  get b(): number {
    return this.#event[3] as number
  }

  /** Bytes of the event's data; -1: there is no value. */
  get length(): number {
    return this.#event[4] as number
  }

  /** Simulated seconds. */
  get now(): number {
    return this.#time[3] as number
  }

  /** Hands so many words of commands over. */
  post(reply: number, words: number): void {
    const header = this.#header
    header[REPLY_KIND] = reply
    header[REPLY_WORDS] = words
    Atomics.add(header, REPLY_BELL, 1)
    if (Atomics.exchange(header, PLUGIN_SLEEPS, 0) !== 0) this.#wake(REPLY_BELL)
  }

  /** Waits for the next event. The process ends with its parent. */
  wait(): void {
    const header = this.#header
    const spins = header[NO_SPIN] === 1 ? 0 : SPINS
    for (let i = 0; i < spins; i++) if (this.#rung()) return
    while (!this.#rung()) {
      Atomics.store(header, CHILD_SLEEPS, 1)
      if (Atomics.load(header, EVENT_BELL) === this.#seen) this.#sleep(EVENT_BELL, this.#seen)
      Atomics.store(header, CHILD_SLEEPS, 0)
      if (this.#parentNow() !== this.#parent) process.reallyExit(1)
    }
  }

  #rung(): boolean {
    const bell = Atomics.load(this.#header, EVENT_BELL)
    if (bell === this.#seen) return false
    this.#seen = bell
    return true
  }

  #sleep(word: number, value: number): void {
    const address = this.#base + BigInt(word * 4)
    this.#futex(this.#futexCall, address, FUTEX_WAIT, value, this.#slice, null, 0)
  }

  #wake(word: number): void {
    const address = this.#base + BigInt(word * 4)
    this.#futex(this.#futexCall, address, FUTEX_WAKE, 1, null, null, 0)
  }
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how Node's types are added to
  namespace NodeJS {
    interface Process {
      reallyExit(code: number): never
    }
  }
}
