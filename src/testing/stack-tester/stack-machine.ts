import { FDBError } from '../../index.ts'
import { ownEntry } from '../../native/values/own-entry.ts'
import type { Database, Tenant, Transaction } from '../../index.ts'
import { dataOperations } from './operations/data-operations.ts'
import { directoryOperations } from './operations/directory-operations.ts'
import { DirectoryState } from './machine/directory-state.ts'
import { Held } from './machine/held.ts'
import { readInstructions } from './machine/instructions.ts'
import type { Instruction } from './machine/instructions.ts'
import { errorItem, StackTesterError } from './machine/items.ts'
import type { Machine } from './machine/machine.ts'
import { readOperations } from './operations/read-operations.ts'
import { Stack } from './machine/stack.ts'
import { Step } from './machine/step.ts'
import type { Operations } from './machine/step.ts'
import { tenantOperations } from './operations/tenant-operations.ts'
import { threadOperations } from './operations/thread-operations.ts'
import { transactionOperations } from './operations/transaction-operations.ts'
import type { TransactionMap } from './machine/transactions.ts'
import { tupleOperations } from './operations/tuple-operations.ts'
import { writeOperations } from './operations/write-operations.ts'

const operations: Operations = {
  ...dataOperations,
  ...readOperations,
  ...writeOperations,
  ...transactionOperations,
  ...tupleOperations,
  ...threadOperations,
  ...tenantOperations,
  ...directoryOperations,
}

/** What all machines of a run share. */
export interface SharedState {
  readonly db: Database
  readonly apiVersion: number
  readonly transactions: TransactionMap
}

/** Machines of one run; each is one task of the event loop. */
const MAX_THREADS = 1000

/** Executes the instructions below one prefix. */
export class StackMachine implements Machine {
  readonly stack = new Stack()
  readonly directories = new DirectoryState()
  readonly db: Database
  readonly apiVersion: number
  lastVersion = 0n
  readonly #shared: SharedState
  readonly #prefix: Buffer
  readonly #threads: Promise<void>[] = []
  #transactionName: Buffer
  #tenant: Held<Tenant> | undefined

  constructor(shared: SharedState, prefix: Buffer) {
    this.#shared = shared
    this.#prefix = prefix
    this.#transactionName = prefix
    this.db = shared.db
    this.apiVersion = shared.apiVersion
  }

  /** Until the last instruction of this machine and of those that it started. */
  async run(): Promise<void> {
    try {
      for await (const instruction of readInstructions(this.db, this.#prefix)) {
        await this.#execute(instruction)
      }
    } finally {
      await Promise.allSettled(this.#threads)
      this.clearTenant()
    }
    await Promise.all(this.#threads)
  }

  async #execute({ index, name, argument }: Instruction): Promise<void> {
    const step = new Step(this, index, name, argument)
    const operation = ownEntry(operations, step.operation)
    if (operation === undefined) {
      throw new StackTesterError(`instruction ${index}: there is no operation ${name}`)
    }
    try {
      await operation(step)
    } catch (error) {
      if (!(error instanceof FDBError)) throw atInstruction(error, index, name)
      step.push(errorItem(error.code))
    }
  }

  get tenant(): Held<Tenant> | undefined {
    return this.#tenant
  }

  activateTenant(name: Buffer): Tenant {
    const tenant = this.db.tenants.open(name)
    this.clearTenant()
    this.#tenant = new Held(tenant)
    return tenant
  }

  clearTenant(): void {
    this.#tenant?.replace()
    this.#tenant = undefined
  }

  currentTransaction(): Held<Transaction> {
    return this.#shared.transactions.get(this.#transactionName)
  }

  newTransaction(): void {
    const source = this.#tenant?.value ?? this.db
    this.#shared.transactions.set(this.#transactionName, source.createTransaction(), this.#tenant)
  }

  useTransaction(name: Buffer): void {
    this.#transactionName = name
    if (!this.#shared.transactions.has(name)) this.newTransaction()
  }

  /** Starts a machine beside this one. What it throws comes out of `run`. */
  startThread(prefix: Buffer): void {
    if (this.#threads.length >= MAX_THREADS) {
      throw new StackTesterError(`a machine starts at most ${MAX_THREADS} others`)
    }
    const thread = new StackMachine(this.#shared, prefix).run()
    thread.catch(() => undefined)
    this.#threads.push(thread)
  }
}

function atInstruction(error: unknown, index: number, name: string): unknown {
  if (error instanceof Error) error.message = `instruction ${index}, ${name}: ${error.message}`
  return error
}
