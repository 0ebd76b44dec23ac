import type { Tenant, Transaction } from '../../../index.ts'
import { Held } from './held.ts'
import { StackTesterError } from './items.ts'

/** Transactions by name. All machines of a run share them. */
export class TransactionMap implements Disposable {
  readonly #byName = new Map<string, Held<Transaction>>()

  has(name: Buffer): boolean {
    return this.#byName.has(name.toString('latin1'))
  }

  get(name: Buffer): Held<Transaction> {
    const found = this.#byName.get(name.toString('latin1'))
    if (found === undefined) {
      throw new StackTesterError(`no transaction has the name ${name.toString('latin1')} yet`)
    }
    return found
  }

  /** @param tenant the one that it was made from; the transaction keeps it open. */
  set(name: Buffer, tn: Transaction, tenant: Held<Tenant> | undefined): void {
    const key = name.toString('latin1')
    this.#byName.get(key)?.replace()
    this.#byName.set(key, new Held(tn, tenant?.hold()))
  }

  [Symbol.dispose](): void {
    for (const open of this.#byName.values()) open.replace()
    this.#byName.clear()
  }
}
