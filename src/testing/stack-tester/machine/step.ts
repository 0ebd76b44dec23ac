import type { Database, Tenant, Transaction } from '../../../index.ts'
import type { Held } from './held.ts'
import type { Item } from './items.ts'
import type { Machine } from './machine.ts'
import type { Stack } from './stack.ts'

/** Where an instruction works: the current transaction, a snapshot of it, or a transaction of its own. */
export type Where = 'transaction' | 'snapshot' | 'database' | 'tenant'

const SUFFIXES = [
  ['_SNAPSHOT', 'snapshot'],
  ['_DATABASE', 'database'],
  ['_TENANT', 'tenant'],
] as const

/** Takes the suffix off that says where an instruction works. */
export function splitOperation(name: string): { operation: string; where: Where } {
  for (const [suffix, where] of SUFFIXES) {
    if (name.endsWith(suffix)) return { operation: name.slice(0, -suffix.length), where }
  }
  return { operation: name, where: 'transaction' }
}

/** One instruction on its way through a machine. */
export class Step {
  readonly machine: Machine
  readonly index: number
  readonly operation: string
  readonly where: Where
  /** The second element of the instruction, when it has one. */
  readonly argument: Item | undefined

  constructor(machine: Machine, index: number, name: string, argument: Item | undefined) {
    const { operation, where } = splitOperation(name)
    this.machine = machine
    this.index = index
    this.operation = operation
    this.where = where
    this.argument = argument
  }

  get stack(): Stack {
    return this.machine.stack
  }

  pop(): Promise<Item> {
    return this.stack.pop()
  }

  push(item: Item): void {
    this.stack.push(this.index, item)
  }

  pushText(text: string): void {
    this.push(Buffer.from(text))
  }

  /** Pushes a result that may come later. It keeps what it comes from: the current transaction, or the tenant. */
  pushPending(result: PromiseLike<Item | undefined | void>): void {
    const held = this.#heldBy()?.holdUntil(result) ?? result
    this.stack.pushPending(this.index, held)
  }

  #heldBy(): Held<Transaction> | Held<Tenant> | undefined {
    if (!this.ownTransaction) return this.open
    return this.where === 'tenant' ? this.machine.tenant : undefined
  }

  /** The instruction runs a transaction of its own. */
  get ownTransaction(): boolean {
    return this.where === 'database' || this.where === 'tenant'
  }

  get open(): Held<Transaction> {
    return this.machine.currentTransaction()
  }

  /** The current transaction. */
  get tn(): Transaction {
    return this.open.value
  }

  /** What carries the instruction out. Both kinds have the operations by the same names. */
  get target(): Database | Transaction {
    switch (this.where) {
      case 'database':
        return this.machine.db
      case 'tenant':
        return this.machine.tenant?.value ?? this.machine.db
      case 'snapshot':
        return this.tn.snapshot()
      case 'transaction':
        return this.tn
    }
  }
}

/** Carries an instruction out. An FDBError that it throws becomes an item on the stack. */
export type Operation = (step: Step) => Promise<void> | void
export type Operations = Readonly<Record<string, Operation>>
