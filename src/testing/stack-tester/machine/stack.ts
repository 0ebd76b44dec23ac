import { FDBError } from '../../../index.ts'
import { errorItem, integerOf, RESULT_NOT_PRESENT, StackTesterError } from './items.ts'
import type { Item } from './items.ts'

/** A result that may be under way. It is looked at when it is popped. */
class Pending {
  readonly item: Promise<Item>

  constructor(result: PromiseLike<Item | undefined | void>) {
    this.item = Promise.resolve(result).then(
      (value) => value ?? RESULT_NOT_PRESENT,
      (error: unknown) => {
        if (error instanceof FDBError) return errorItem(error.code)
        throw error
      },
    )
    // Whoever pops it gets the error; an item that nobody pops must not stop the process.
    this.item.catch(() => undefined)
  }
}

interface Entry {
  readonly held: Item | Pending
  /** Of the instruction that left it there. */
  readonly index: number
}

/** An item with the number of the instruction that left it on the stack. */
export interface NumberedItem {
  readonly item: Item
  readonly index: number
}

/** The stack of one machine: items, and results that are still under way. */
export class Stack {
  /** The top is the last. */
  #entries: Entry[] = []

  get size(): number {
    return this.#entries.length
  }

  push(index: number, item: Item): void {
    this.#entries.push({ held: item, index })
  }

  /** Pushes what the promise brings: an FDBError as its item, nothing as RESULT_NOT_PRESENT. */
  pushPending(index: number, result: PromiseLike<Item | undefined | void>): void {
    this.#entries.push({ held: new Pending(result), index })
  }

  async popNumbered(): Promise<NumberedItem> {
    const entry = this.#entries.pop()
    if (entry === undefined) throw new StackTesterError('the stack is empty')
    const { held, index } = entry
    return { item: held instanceof Pending ? await held.item : held, index }
  }

  async pop(): Promise<Item> {
    return (await this.popNumbered()).item
  }

  /** The top first. */
  async popMany(count: number): Promise<Item[]> {
    const items: Item[] = []
    for (let i = 0; i < count; i++) items.push(await this.pop())
    return items
  }

  /** A count, and as many items. */
  async popTuple(): Promise<Item[]> {
    return this.popMany(integerOf(await this.pop()))
  }

  duplicate(): void {
    this.#entries.push(this.#at(0))
  }

  /** Swaps the top and the entry `depth` below it. */
  swap(depth: number): void {
    const top = this.#entries.length - 1
    const other = this.#at(depth)
    this.#entries[top - depth] = this.#at(0)
    this.#entries[top] = other
  }

  clear(): void {
    this.#entries = []
  }

  #at(depth: number): Entry {
    const entry = this.#entries[this.#entries.length - 1 - depth]
    if (entry === undefined) {
      throw new StackTesterError(`the stack has ${this.size} entries, and none at depth ${depth}`)
    }
    return entry
  }
}
