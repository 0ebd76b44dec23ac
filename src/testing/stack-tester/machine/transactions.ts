import type { Transaction } from '../../../index.ts'
import { StackTesterError } from './items.ts'

/**
 * A transaction and what of it is under way. Results of a transaction that was replaced still lie on
 * stacks, so it is disposed of once they have come.
 */
export class OpenTransaction {
  readonly tn: Transaction
  #underWay = 0
  #replaced = false

  constructor(tn: Transaction) {
    this.tn = tn
  }

  /** Keeps the transaction until the result has come. */
  hold<T>(result: PromiseLike<T>): Promise<T> {
    this.#underWay++
    return Promise.resolve(result).finally(() => {
      this.#underWay--
      this.#disposeIfDone()
    })
  }

  replace(): void {
    this.#replaced = true
    this.#disposeIfDone()
  }

  #disposeIfDone(): void {
    if (this.#replaced && this.#underWay === 0) this.tn[Symbol.dispose]()
  }
}

/** Transactions by name. All machines of a run share them. */
export class TransactionMap implements Disposable {
  readonly #byName = new Map<string, OpenTransaction>()

  has(name: Buffer): boolean {
    return this.#byName.has(name.toString('latin1'))
  }

  get(name: Buffer): OpenTransaction {
    const found = this.#byName.get(name.toString('latin1'))
    if (found === undefined) {
      throw new StackTesterError(`no transaction has the name ${name.toString('latin1')} yet`)
    }
    return found
  }

  set(name: Buffer, tn: Transaction): void {
    const key = name.toString('latin1')
    this.#byName.get(key)?.replace()
    this.#byName.set(key, new OpenTransaction(tn))
  }

  [Symbol.dispose](): void {
    for (const open of this.#byName.values()) open.replace()
    this.#byName.clear()
  }
}
