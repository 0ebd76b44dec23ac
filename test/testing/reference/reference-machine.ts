import peer from 'fdb-tuple'
import { MutationType } from '../../../src/index.ts'
import { ModelTransaction } from '../../client/model/model-database.ts'
import type { ModelDatabase, ModelSelector } from '../../client/model/model-database.ts'
import { keyAfter } from '../../client/model/range-set.ts'
import { ReferenceDirectories } from './reference-directories.ts'
import { CodedError, ReferenceTransaction } from './reference-transaction.ts'
import { bytesOf, textOf } from './program.ts'
import type { Instruction, Item, Programs } from './program.ts'

const RETRYABLE = new Set([1007, 1009, 1020, 1021])
const DONE = Buffer.from('RESULT_NOT_PRESENT')
const END = '\xff'

/**
 * Evaluates instructions one after the other, with nothing asynchronous: a second reading of the binding
 * tester's specification, on a sorted map and the tuple encoding of another package.
 */
export class ReferenceMachine {
  readonly #db: ModelDatabase
  readonly #programs: Programs
  readonly #prefix: string
  readonly #transactions: Map<string, ReferenceTransaction>
  readonly #directories: ReferenceDirectories
  #stack: { item: Item; index: number }[] = []
  #name: string
  #index = 0
  /** A transaction that sees the version seen last. */
  #lastVersion: ModelTransaction | undefined

  constructor(
    db: ModelDatabase,
    programs: Programs,
    prefix: string,
    directories = new ReferenceDirectories(),
    transactions = new Map<string, ReferenceTransaction>(),
  ) {
    this.#db = db
    this.#programs = programs
    this.#prefix = prefix
    this.#name = prefix
    this.#transactions = transactions
    this.#directories = directories
  }

  run(): void {
    const instructions = this.#programs.get(this.#prefix) ?? []
    instructions.forEach((instruction, index) => {
      this.#index = index
      this.#execute(instruction)
    })
  }

  #execute([name, argument]: Instruction): void {
    const [, operation = '', where] = /^(.*?)(_SNAPSHOT|_DATABASE)?$/.exec(name) ?? []
    try {
      if (name === 'PUSH') this.#push(argument!)
      else if (operation.startsWith('DIRECTORY_')) this.#directory(operation)
      else this.#run(operation, where)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      this.#push(peer.pack([Buffer.from('ERROR'), Buffer.from(String(error.code))]))
    }
  }

  #push(item: Item): void {
    this.#stack.push({ item, index: this.#index })
  }

  #pop(): Item {
    const top = this.#stack.pop()
    if (top === undefined) throw new Error(`${this.#prefix} ${this.#index}: the stack is empty`)
    return top.item
  }

  #popBytes(): Buffer {
    return this.#pop() as Buffer
  }

  #popKey(): string {
    return textOf(this.#popBytes())
  }

  #popNumber(): number {
    return Number(this.#pop())
  }

  #popTuple(): Item[] {
    return Array.from({ length: this.#popNumber() }, () => this.#pop())
  }

  get #open(): ReferenceTransaction {
    return this.#transactions.get(this.#name)!
  }

  /** Reads, in the current transaction or in one of their own. */
  #reading<T>(where: string | undefined, read: (tn: ModelTransaction, snapshot: boolean) => T): T {
    if (where === '_DATABASE') return read(new ModelTransaction(this.#db), true)
    this.#open.checkAlive()
    return read(this.#open.model, where === '_SNAPSHOT')
  }

  #writing(where: string | undefined, write: (tn: ModelTransaction) => void): void {
    if (where !== '_DATABASE') return write(this.#open.model)
    const tn = new ModelTransaction(this.#db)
    write(tn)
    tn.commit()
    this.#push(DONE)
  }

  #run(operation: string, where: string | undefined): void {
    switch (operation) {
      case 'DUP':
        this.#stack.push(this.#stack.at(-1)!)
        break
      case 'EMPTY_STACK':
        this.#stack = []
        break
      case 'SWAP': {
        const other = this.#stack.length - 2 - this.#popNumber()
        const top = this.#stack.length - 1
        const stack = this.#stack
        ;[stack[top], stack[other]] = [stack[other]!, stack[top]!]
        break
      }
      case 'POP':
        this.#pop()
        break
      case 'WAIT_FUTURE':
        break
      case 'SUB': {
        const [a, b] = [this.#pop(), this.#pop()].map((item) => BigInt(item as number))
        this.#push(a! - b!)
        break
      }
      case 'CONCAT': {
        const [a, b] = [this.#pop(), this.#pop()]
        if (typeof a === 'string') this.#push(a + (b as string))
        else this.#push(Buffer.concat([a as Buffer, b as Buffer]))
        break
      }
      case 'LOG_STACK':
        this.#log(this.#popKey())
        break
      case 'NEW_TRANSACTION':
        this.#transactions.set(this.#name, new ReferenceTransaction(this.#db))
        break
      case 'USE_TRANSACTION':
        this.#name = this.#popKey()
        if (!this.#transactions.has(this.#name)) {
          this.#transactions.set(this.#name, new ReferenceTransaction(this.#db))
        }
        break
      case 'START_THREAD':
        // What runs beside this machine touches nothing that this one looks at.
        new ReferenceMachine(
          this.#db,
          this.#programs,
          this.#popKey(),
          new ReferenceDirectories(),
          this.#transactions,
        ).run()
        break
      case 'WAIT_EMPTY':
        this.#pop()
        this.#push(Buffer.from('WAITED_FOR_EMPTY'))
        break
      default:
        if (!this.#access(operation, where) && !this.#life(operation) && !this.#tuple(operation)) {
          throw new Error(`the reference has no operation ${operation}`)
        }
    }
  }

  #log(prefix: string): void {
    const tn = new ModelTransaction(this.#db)
    this.#stack.forEach(({ item, index }, place) => {
      const key = prefix + textOf(peer.pack([place, index]))
      tn.set(key, peer.pack([item]).subarray(0, 40_000))
    })
    tn.commit()
    this.#stack = []
  }

  #access(operation: string, where: string | undefined): boolean {
    switch (operation) {
      case 'GET': {
        const key = this.#popKey()
        if (key >= END) throw new CodedError(2004)
        this.#push(this.#reading(where, (tn, snapshot) => tn.get(key, snapshot)) ?? DONE)
        return true
      }
      case 'GET_KEY': {
        const selector = this.#popSelector()
        const prefix = this.#popKey()
        const key = this.#reading(where, (tn, snapshot) => tn.getKey(selector, snapshot))
        this.#push(bytesOf(clamp(key, prefix)))
        return true
      }
      case 'GET_RANGE': {
        const [begin, end] = [this.#popKey(), this.#popKey()]
        this.#pushRange(where, plain(begin), plain(end))
        return true
      }
      case 'GET_RANGE_STARTS_WITH': {
        const prefix = this.#popKey()
        this.#pushRange(where, plain(prefix), plain(behind(prefix)))
        return true
      }
      case 'GET_RANGE_SELECTOR':
        this.#pushRange(where, this.#popSelector(), this.#popSelector(), () => this.#popKey())
        return true
      case 'GET_ESTIMATED_RANGE_SIZE':
        this.#stack.splice(-2)
        this.#push(Buffer.from('GOT_ESTIMATED_RANGE_SIZE'))
        return true
      case 'GET_RANGE_SPLIT_POINTS':
        this.#stack.splice(-3)
        this.#push(Buffer.from('GOT_RANGE_SPLIT_POINTS'))
        return true
      case 'SET': {
        const [key, value] = [this.#popKey(), this.#popBytes()]
        this.#writing(where, (tn) => tn.set(key, value))
        return true
      }
      case 'CLEAR': {
        const key = this.#popKey()
        this.#writing(where, (tn) => tn.clear(key))
        return true
      }
      case 'CLEAR_RANGE': {
        const [begin, end] = [this.#popKey(), this.#popKey()]
        this.#writing(where, (tn) => tn.clearRange(begin, end))
        return true
      }
      case 'CLEAR_RANGE_STARTS_WITH': {
        const prefix = this.#popKey()
        this.#writing(where, (tn) => tn.clearRange(prefix, behind(prefix)))
        return true
      }
      case 'ATOMIC_OP':
        this.#atomic(where)
        return true
      case 'READ_CONFLICT_RANGE':
      case 'WRITE_CONFLICT_RANGE': {
        const [begin, end] = [this.#popKey(), this.#popKey()]
        if (begin > end) throw new CodedError(2005)
        this.#open.model.addConflict({ begin, end }, operation.startsWith('WRITE'))
        this.#push(Buffer.from('SET_CONFLICT_RANGE'))
        return true
      }
      case 'READ_CONFLICT_KEY':
      case 'WRITE_CONFLICT_KEY': {
        const begin = this.#popKey()
        this.#open.model.addConflict({ begin, end: keyAfter(begin) }, operation.startsWith('WRITE'))
        this.#push(Buffer.from('SET_CONFLICT_KEY'))
        return true
      }
      default:
        return false
    }
  }

  #popSelector(): ModelSelector {
    const key = this.#popKey()
    const orEqual = this.#popNumber() !== 0
    return { key, orEqual, offset: this.#popNumber() }
  }

  #pushRange(
    where: string | undefined,
    begin: ModelSelector,
    end: ModelSelector,
    popPrefix: () => string = () => '',
  ): void {
    const [limit, reverse, mode] = [this.#popNumber(), this.#popNumber() !== 0, this.#popNumber()]
    const prefix = popPrefix()
    if (limit === 0 && mode === 0) throw new CodedError(2210)
    const entries = this.#reading(where, (tn, snapshot) => {
      const cut = limit > 0 && tn.getRange(begin, end, reverse, 0, false, true).length >= limit
      return tn.getRange(begin, end, reverse, limit, cut, snapshot)
    })
    const own = entries.filter(([key]) => key.startsWith(prefix))
    this.#push(peer.pack(own.flatMap(([key, value]) => [bytesOf(key), value])))
  }

  #atomic(where: string | undefined): void {
    const [name, key, param] = [this.#pop() as string, this.#popBytes(), this.#popBytes()]
    if (name === 'SET_VERSIONSTAMPED_KEY') return this.#open.stampKey(key, param)
    if (name === 'SET_VERSIONSTAMPED_VALUE') return this.#open.stampValue(textOf(key), param)
    const found = Object.entries(MutationType).find(
      ([each]) => each.toUpperCase() === name.replaceAll('_', ''),
    )
    this.#writing(where, (tn) => tn.atomicOp(found![1], textOf(key), param))
  }

  #life(operation: string): boolean {
    switch (operation) {
      case 'COMMIT':
        this.#open.commit()
        this.#push(DONE)
        return true
      case 'RESET':
        this.#open.reset()
        return true
      case 'CANCEL':
        this.#open.cancelled = true
        return true
      case 'ON_ERROR': {
        const code = this.#popNumber()
        this.#open.checkAlive()
        if (!RETRYABLE.has(code)) throw new CodedError(code)
        this.#open.reset()
        this.#push(DONE)
        return true
      }
      case 'GET_READ_VERSION':
        this.#open.checkAlive()
        this.#open.model.begin()
        this.#lastVersion = this.#open.model
        this.#push(Buffer.from('GOT_READ_VERSION'))
        return true
      case 'SET_READ_VERSION':
        this.#open.model.beginWith(this.#lastVersion!)
        return true
      case 'GET_COMMITTED_VERSION':
        this.#lastVersion = this.#open.committedAt
        this.#push(Buffer.from('GOT_COMMITTED_VERSION'))
        return true
      case 'GET_APPROXIMATE_SIZE':
        this.#push(Buffer.from('GOT_APPROXIMATE_SIZE'))
        return true
      default:
        return false
    }
  }

  #tuple(operation: string): boolean {
    switch (operation) {
      case 'TUPLE_PACK':
        this.#push(peer.pack(this.#popTuple()))
        return true
      case 'TUPLE_PACK_WITH_VERSIONSTAMP':
        this.#packWithVersionstamp()
        return true
      case 'TUPLE_UNPACK':
        for (const item of peer.unpack(this.#popBytes(), true)) this.#push(peer.pack([item]))
        return true
      case 'TUPLE_RANGE': {
        const packed = peer.pack(this.#popTuple())
        this.#push(Buffer.concat([packed, Buffer.of(0)]))
        this.#push(Buffer.concat([packed, Buffer.of(0xff)]))
        return true
      }
      case 'TUPLE_SORT':
        for (const packed of (this.#popTuple() as Buffer[]).sort(Buffer.compare)) this.#push(packed)
        return true
      case 'ENCODE_FLOAT': {
        const bytes = this.#popBytes()
        this.#push({ type: 'float', value: bytes.readFloatBE(), rawEncoding: bytes })
        return true
      }
      case 'ENCODE_DOUBLE': {
        const bytes = this.#popBytes()
        this.#push({ type: 'double', value: bytes.readDoubleBE(), rawEncoding: bytes })
        return true
      }
      case 'DECODE_FLOAT':
      case 'DECODE_DOUBLE':
        this.#push((this.#pop() as { rawEncoding: Buffer }).rawEncoding)
        return true
      default:
        return false
    }
  }

  #packWithVersionstamp(): void {
    const prefix = this.#popBytes()
    const items = this.#popTuple()
    const holes = items.flat(10).filter((item) => {
      return (item as { type?: string } | null)?.type === 'unbound versionstamp'
    })
    if (holes.length !== 1) {
      return this.#push(Buffer.from(holes.length === 0 ? 'ERROR: NONE' : 'ERROR: MULTIPLE'))
    }
    const { data, stampPos } = peer.packUnboundVersionstamp(items)
    const offset = Buffer.alloc(4)
    offset.writeUInt32LE(prefix.length + stampPos)
    this.#push(Buffer.from('OK'))
    this.#push(Buffer.concat([prefix, data, offset]))
  }

  #directory(operation: string): void {
    this.#directories.run(operation, {
      pop: () => this.#pop(),
      popTuple: () => this.#popTuple(),
      push: (item) => this.#push(item),
      set: (key, value) => this.#open.model.set(key, value),
    })
  }
}

const plain = (key: string): ModelSelector => ({ key, orEqual: false, offset: 1 })

/** The first key behind all that begin with the prefix. */
function behind(prefix: string): string {
  const stem = prefix.replace(/\xff+$/, '')
  return stem === ''
    ? END
    : stem.slice(0, -1) + String.fromCharCode(stem.charCodeAt(stem.length - 1) + 1)
}

function clamp(key: string, prefix: string): string {
  if (key.startsWith(prefix)) return key
  return key < prefix ? prefix : behind(prefix)
}
