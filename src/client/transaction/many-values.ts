/** The values of several keys in a view of a transaction, as one promise. What they read counts for the budget of the attempt. */
import { MOST_KEYS } from '../../future/handles/owned-read.ts'
import { checkArray } from '../../native/values/arguments.ts'
import { limitOf } from '../attempt/call-options.ts'
import type { CallOptions } from '../attempt/call-options.ts'
import { JointRead } from '../attempt/joint-read.ts'
import type { TransactionView } from '../attempt/transaction-view.ts'

/** A command of so many bytes of keys takes no more of them. */
const FULL_COMMAND = 1 << 16

type View<ValOut> = TransactionView<never, unknown, never, ValOut>

/** All keys are packed before the first is asked for, so that a wrong one leaves no read behind. */
export async function readMany<KeyIn, ValOut>(
  view: TransactionView<KeyIn, unknown, never, ValOut>,
  keys: readonly KeyIn[],
  options?: CallOptions,
): Promise<(ValOut | undefined)[]> {
  checkArray('keys', keys)
  const limit = limitOf(options, view.context.environment)
  const packed = Array.from(keys, (key) => view.subspace.packKey(key))
  view.context.budget?.check()
  if (packed.length === 0) return []
  return await new ManyValues(view, packed).begin(limit)
}

class ManyValues<ValOut> extends JointRead<(ValOut | undefined)[]> {
  readonly #view: View<ValOut>
  readonly #keys: readonly Uint8Array[]
  readonly #values: (ValOut | undefined)[]
  /** Keys that have no answer yet. */
  #left: number

  constructor(view: View<ValOut>, keys: readonly Uint8Array[]) {
    super()
    this.#view = view
    this.#keys = keys
    this.#values = new Array<ValOut | undefined>(keys.length).fill(undefined)
    this.#left = keys.length
  }

  get asked(): { readonly operation: string; readonly key: Uint8Array | undefined } {
    return { operation: 'get', key: this.#keys[0] }
  }

  protected ask(): void {
    const { context, isSnapshot } = this.#view
    for (let first = 0; first < this.#keys.length;) {
      const from = first
      const keys = this.#keys.slice(from, this.#endOfCommand(from))
      const owner = {
        answered: (values: (Buffer | undefined)[]): void => this.#take(from, values),
        failed: (error: unknown): void => this.fail(error),
      }
      this.add(context.handle.getMany(keys, isSnapshot, owner))
      first += keys.length
    }
  }

  #endOfCommand(first: number): number {
    let bytes = 0
    for (let at = first; at < this.#keys.length; at++) {
      if (at - first === MOST_KEYS || bytes >= FULL_COMMAND) return at
      bytes += (this.#keys[at] as Uint8Array).length
    }
    return this.#keys.length
  }

  #take(first: number, values: readonly (Buffer | undefined)[]): void {
    try {
      values.forEach((value, i) => {
        this.#values[first + i] = this.#decode(this.#keys[first + i] as Uint8Array, value)
      })
    } catch (problem) {
      return this.fail(problem)
    }
    this.#left -= values.length
    if (this.#left === 0) this.succeed(this.#values)
  }

  #decode(key: Uint8Array, value: Buffer | undefined): ValOut | undefined {
    const { context, subspace, hasPlainValues } = this.#view
    context.budget?.count(1, key.length + (value?.length ?? 0))
    if (value === undefined) return undefined
    return hasPlainValues ? (value as unknown as ValOut) : subspace.decodeValue(value, key)
  }
}
