/** Carries a program out over whatever a port is, and checks everything that it is told. */
import type { FdbFuture } from '../../../src/future/handles/fdb-future.ts'
import type { PENDING, Waker } from '../../../src/future/wakers/waker.ts'
import type { fdbSpawn } from '../../../src/task/index.ts'
import type { Action, ReadKind, Use, WaitAction } from './actions.ts'
import { shown } from './values.ts'

/** What is read: how to ask for it, and what may come. */
export interface Question {
  readonly kind: ReadKind
  readonly key: string
  ask(): FdbFuture<unknown>
  /** Undefined when it may be; else what is wrong. */
  problemOf(value: unknown): string | undefined
}

/** What a program runs on. */
export interface Bed {
  question(kind: ReadKind, key: number): Question
  write(key: number): void
  /** Ends the transaction that the questions go to; the next one opens another. */
  renew(): void
  flush(): void
  close(): void
  /** Lets the event loop, or whatever stands for it, turn once. */
  turn(): Promise<void>
  /** An error that such a read may end with. */
  expects(error: unknown): boolean
}

/** What a program needs of the package: workers get it from the built one. */
export interface Parts {
  readonly PENDING: typeof PENDING
  readonly fdbSpawn: typeof fdbSpawn
}

interface Read {
  readonly question: Question
  readonly future: FdbFuture<unknown>
  readonly isDecoded: boolean
  owners: number
}

/** What the programs' decoders make of a value. */
class Decoded {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** No program has more reads, however its callbacks multiply. */
const MOST_READS = 120

/** Runs it to its end: everybody who waited was told, once. Gives what was wrong. */
export async function runProgram(
  parts: Parts,
  bed: Bed,
  program: readonly Action[],
): Promise<string[]> {
  const run = new Run(parts, bed)
  run.act(program)
  await run.end()
  return run.problems
}

class Run {
  readonly problems: string[] = []
  readonly #parts: Parts
  readonly #bed: Bed
  readonly #reads: Read[] = []
  #waiting = 0

  constructor(parts: Parts, bed: Bed) {
    this.#parts = parts
    this.#bed = bed
  }

  act(actions: readonly Action[]): void {
    for (const action of actions) {
      try {
        this.#act(action)
      } catch (error) {
        if (!this.#bed.expects(error)) this.problems.push(`${action.do} threw ${String(error)}`)
      }
    }
  }

  #act(action: Action): void {
    switch (action.do) {
      case 'read':
        return this.#read(action)
      case 'wait':
        return this.#wait(this.#find(action.which), action.wait)
      case 'use':
        return this.#use(action.what, this.#find(action.which))
      case 'write':
        return this.#bed.write(action.key)
      default:
        return this.#bed[action.do]()
    }
  }

  #find(which: number): Read | undefined {
    const living = this.#reads.filter(({ owners }) => owners > 0)
    return living[which % Math.max(1, living.length)]
  }

  #read({ kind, key, decode, wait }: Extract<Action, { do: 'read' }>): void {
    if (this.#reads.length >= MOST_READS) return
    const question = this.#bed.question(kind, key)
    const future = question.ask()
    const read = { question, future, isDecoded: decode !== undefined, owners: 1 }
    this.#reads.push(read)
    if (decode !== undefined) {
      void future.decodeWith((value: unknown) => {
        this.act(decode)
        return new Decoded(value)
      })
    }
    this.#wait(read, wait)
  }

  #use(what: Use, read: Read | undefined): void {
    if (read === undefined) return
    const { future } = read
    if (what === 'cancel') future.cancel()
    else if (what === 'unregister') future.unregister()
    else if (what === 'hold') void future.holdOpen(true)
    else if (what === 'let go') void future.holdOpen(false)
    else if (what === 'retain') {
      void future.retain()
      read.owners++
    } else {
      read.owners--
      future.release()
    }
  }

  #wait(read: Read | undefined, { how, inside }: WaitAction): void {
    if (read === undefined || how === 'none') return
    const told = this.#expectOne(read, inside)
    const { future } = read
    if (how === 'poll') return this.#poll(future, told)
    if (how === 'then') return void future.then(told.value, told.error)
    if (how === 'await') return void awaited(future).then(told.value, told.error)
    const { fdbSpawn } = this.#parts
    const task = fdbSpawn(function* () {
      try {
        told.value(yield* future)
      } catch (error) {
        told.error(error)
      } finally {
        told.gone()
      }
    })
    // Dropped before its first poll is over, it has no body to end.
    task.then(told.gone, told.gone)
  }

  /** Is told once, checks what, and goes on inside. `gone`: who waited was dropped with its waker. */
  #expectOne(read: Read, inside: readonly Action[]): Told {
    this.#waiting++
    let ended = false
    const end = (): boolean => {
      if (ended) return false
      ended = true
      this.#waiting--
      return true
    }
    const { kind, key } = read.question
    const twice = (what: unknown): void =>
      void this.problems.push(`${kind} of ${key} was told a second time: ${shown(what)}`)
    return {
      value: (value) => {
        if (!end()) return twice(value)
        const problem = this.#problemOf(read, value)
        if (problem !== undefined) this.problems.push(`${kind} of ${key}: ${problem}`)
        this.act(inside)
      },
      error: (error) => {
        if (!end()) return twice(error)
        const problem = !this.#bed.expects(error)
        if (problem) this.problems.push(`${kind} of ${key} failed with ${String(error)}`)
        this.act(inside)
      },
      gone: () => void end(),
    }
  }

  #problemOf({ question, isDecoded }: Read, value: unknown): string | undefined {
    if (!isDecoded) return question.problemOf(value)
    // Also who asks from inside of the decoder gets what the decoder makes, and nothing before it is made.
    return value instanceof Decoded ? question.problemOf(value.value) : 'it is not decoded'
  }

  #poll(future: FdbFuture<unknown>, told: Told): void {
    const { PENDING } = this.#parts
    const again = (): void => {
      try {
        const value = future.poll(new ProgramWaker(again, told.gone))
        if (value !== PENDING) told.value(value)
      } catch (error) {
        told.error(error)
      }
    }
    again()
  }

  /** Turns until all were told, then gives back what is left. */
  async end(): Promise<void> {
    do {
      while (this.#waiting > 0) await this.#bed.turn()
      for (const read of this.#reads) {
        for (; read.owners > 0; read.owners--) read.future.release()
      }
      await this.#bed.turn()
    } while (this.#waiting > 0)
  }
}

interface Told {
  readonly value: (value: unknown) => void
  readonly error: (error: unknown) => void
  readonly gone: () => void
}

async function awaited(future: FdbFuture<unknown>): Promise<unknown> {
  return await future
}

/** Wakes into the program; whether it was given up exactly once, it says itself. */
class ProgramWaker implements Waker {
  readonly taskId = 0
  readonly #onWake: () => void
  readonly #onDrop: () => void
  readonly #kept: boolean
  #mine = true

  constructor(onWake: () => void, onDrop: () => void, kept = false) {
    this.#onWake = onWake
    this.#onDrop = onDrop
    this.#kept = kept
  }

  get refCount(): number {
    return this.#mine ? 1 : 0
  }

  wake(): void {
    this.#giveUp()
    this.#onWake()
  }

  wakeByRef(): void {
    this.#onWake()
  }

  clone(): Waker {
    return new ProgramWaker(this.#onWake, this.#onDrop, true)
  }

  drop(): void {
    this.#giveUp()
    if (this.#kept) this.#onDrop()
  }

  #giveUp(): void {
    if (!this.#mine) throw new Error('a waker was given up twice')
    this.#mine = false
  }
}
