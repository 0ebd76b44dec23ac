/**
 * Plays fdbserver and the plugin for the port of one client, over memory of its own: a small store, whose futures become
 * ready in an order drawn from a seed. Its event area is written over at every answer, as the plugin's is.
 */
import { Code, Flag } from '../../src/future/port/commands.ts'
import { ABSENT } from '../../src/future/port/payload.ts'
import { Batch, Op } from '../../src/simulation/bridge/batch.ts'
import type { BridgeMemory } from '../../src/simulation/bridge/bridge-memory.ts'
import { BridgePort } from '../../src/simulation/bridge/bridge-port.ts'
import type { Draw } from '../differential/draw.ts'

const COMMAND_BYTES = 1 << 20
const EVENT_BYTES = 1 << 18
const CANCELLED = 1101
const CLIENT = 0

interface Future {
  /** What it will give; a number is an error. */
  result: Buffer | number | undefined
  ready: boolean
  armed: boolean
}

interface TransactionState {
  /** What reads see. */
  store: ReadonlyMap<string, Buffer> | undefined
  readonly writes: Map<string, Buffer>
}

export class StandIn {
  readonly port: BridgePort
  /** Asked about futures that were ready, and were not. */
  readonly collected = { ready: 0, pending: 0 }
  readonly #draw: Draw
  readonly #commandWords = new Int32Array(COMMAND_BYTES / 4)
  readonly #commandBytes = Buffer.from(this.#commandWords.buffer)
  readonly #event = Buffer.alloc(EVENT_BYTES)
  readonly #futures = new Map<number, Future>()
  readonly #transactions = new Map<number, TransactionState>()
  #store: ReadonlyMap<string, Buffer> = new Map()
  #answer = { a: 0, b: 0, length: 0 }

  constructor(draw: Draw) {
    this.#draw = draw
    const memory = this.#memory() as BridgeMemory
    this.port = new BridgePort(CLIENT, new Batch(memory), memory)
  }

  /** What the port and its batch use of the memory that is shared in truth. */
  #memory(): unknown {
    const answered = (): { a: number; b: number; length: number } => this.#answer
    return {
      commandWords: this.#commandWords,
      commandBytes: this.#commandBytes,
      eventData: new Uint8Array(this.#event.buffer, this.#event.byteOffset, EVENT_BYTES),
      answer: new DataView(this.#event.buffer, this.#event.byteOffset, 8),
      get a() {
        return answered().a
      },
      get b() {
        return answered().b
      },
      get length() {
        return answered().length
      },
      post: (_reply: number, words: number) => this.#carryOut(words),
      wait: () => undefined,
    }
  }

  /** Delivers one completion, if one is due. False: none is. */
  step(): boolean {
    this.port.flush()
    for (const future of this.#futures.values()) if (this.#draw.oneIn(2)) future.ready = true
    const due = [...this.#futures].filter(([, { armed, ready }]) => armed && ready)
    if (due.length === 0) return this.#futures.size > 0
    const [slot, future] = this.#draw.pick(due)
    const { error, length } = this.#put(future)
    this.#futures.delete(slot)
    this.port.settle(slot, error, length)
    return true
  }

  #put({ result }: Future): { error: number; length: number } {
    this.#event.fill(this.#draw.integer(1, 255), 0, 4096)
    if (typeof result === 'number') return { error: result, length: 0 }
    if (result === undefined) return { error: 0, length: ABSENT }
    result.copy(this.#event)
    return { error: 0, length: result.length }
  }

  #carryOut(words: number): void {
    this.#event.fill(this.#draw.integer(1, 255), 0, 4096)
    this.#answer = { a: 0, b: 0, length: 8 }
    for (let at = 0; at < words;) {
      const [op, , length] = this.#commandWords.subarray(at, at + 3)
      at += 3
      if (op === Op.row) this.#carryOutRow(at, at + length!)
      else if (op === Op.collect) this.#collect(this.#commandWords[at]!)
      at += length!
    }
  }

  #collect(slot: number): void {
    const future = this.#futures.get(slot)
    const ready = future !== undefined && !future.armed && future.ready
    this.collected[ready ? 'ready' : 'pending']++
    if (!ready) return
    this.#futures.delete(slot)
    const { error, length } = this.#put(future)
    this.#answer = { a: error, b: 1, length }
  }

  #carryOutRow(begin: number, end: number): void {
    for (let at = begin; at < end;) at = this.#command(at)
  }

  /** Carries a command out; gives the place of the next. */
  #command(at: number): number {
    const word = (ahead: number): number => this.#commandWords[at + ahead]!
    const bytes = (place: number, length: number): Buffer =>
      Buffer.from(this.#commandBytes.subarray(4 * place, 4 * place + length))
    const behind = (place: number, length: number): number => place + Math.ceil(length / 4)
    const code = word(0) & 0xff
    switch (code) {
      case Code.openTransaction:
        this.#transactions.set(word(1), { store: undefined, writes: new Map() })
        return at + 3
      case Code.destroy:
        this.#transactions.delete(word(1))
        return at + 2
      case Code.set: {
        const value = behind(at + 4, word(2))
        const { writes } = this.#transactions.get(word(1))!
        writes.set(bytes(at + 4, word(2)).toString('latin1'), bytes(value, word(3)))
        return behind(value, word(3))
      }
      case Code.arm:
        this.#futures.get(word(1))!.armed = true
        return at + 2
      case Code.release:
        this.#futures.delete(word(1))
        return at + 2
      case Code.cancel: {
        const future = this.#futures.get(word(1))
        if (future !== undefined && !future.ready) future.result = CANCELLED
        return at + 2
      }
      case Code.commit:
        this.#submit(at, (transaction) => this.#commit(transaction))
        return at + 3
      case Code.get:
        this.#submit(at, ({ store }) => store!.get(bytes(at + 4, word(3)).toString('latin1')))
        return behind(at + 4, word(3))
      case Code.getKey:
        this.#submit(at, () => bytes(at + 5, word(3)))
        return behind(at + 5, word(3))
      case Code.getRange: {
        const last = behind(at + 11, word(3))
        const from = bytes(at + 11, word(3)).toString('latin1')
        const to = bytes(last, word(4)).toString('latin1')
        this.#submit(at, ({ store }) => rangeOf(store!, from, to, word(7)))
        return behind(last, word(4))
      }
      default:
        throw new Error(`the stand-in has no command ${code}`)
    }
  }

  #submit(at: number, give: (transaction: TransactionState) => Future['result']): void {
    const transaction = this.#transactions.get(this.#commandWords[at + 2]!)
    const armed = (this.#commandWords[at]! & Flag.arm) !== 0
    const ready = this.#draw.oneIn(3)
    if (transaction !== undefined) transaction.store ??= this.#store
    const result = transaction === undefined ? CANCELLED : give(transaction)
    this.#futures.set(this.#commandWords[at + 1]!, { result, ready, armed })
  }

  #commit({ writes }: TransactionState): Buffer {
    this.#store = new Map([...this.#store, ...writes])
    return Buffer.alloc(0)
  }
}

/** A row as the plugin writes it: count, more, lengths, bytes. */
function rangeOf(
  store: ReadonlyMap<string, Buffer>,
  from: string,
  to: string,
  limit: number,
): Buffer {
  const found = [...store].filter(([key]) => key >= from && key < to).sort()
  const parts = found.slice(0, limit).flatMap(([key, value]) => [Buffer.from(key, 'latin1'), value])
  const heads = Buffer.alloc(8 + 4 * parts.length)
  heads.writeInt32LE(parts.length / 2, 0)
  heads.writeInt32LE(found.length > limit ? 1 : 0, 4)
  for (const [i, part] of parts.entries()) heads.writeInt32LE(part.length, 8 + 4 * i)
  return Buffer.concat([heads, ...parts])
}
