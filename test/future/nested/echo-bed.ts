/** A program over the fake client, whose results are the keys themselves: at once, later, elsewhere, or held. */
import type {
  RangeResult,
  TransactionHandle,
} from '../../../src/future/handles/transaction-handle.ts'
import type { DatabaseHandle } from '../../../src/future/handles/database-handle.ts'
import type { Draw } from '../../differential/draw.ts'
import type { ReadKind } from './actions.ts'
import { CarriedBed, type Carrier } from './carried-bed.ts'
import type { Question } from './run-program.ts'
import { shown, valueOf } from './values.ts'

/** See native-callbacks/fake/fake_client.cc. */
const WAYS = ['q', 'o', 'i', 'h'] as const
const PAIRS = 3

export class EchoBed extends CarriedBed {
  readonly #database: DatabaseHandle
  readonly #draw: Draw
  #handle: TransactionHandle | undefined
  #asked = 0

  constructor(database: DatabaseHandle, draw: Draw, carrier: Carrier) {
    super(carrier)
    this.#database = database
    this.#draw = draw
  }

  question(kind: ReadKind, number: number): Question {
    const way = WAYS[number % WAYS.length]!
    const bytes = valueOf(`${way}${number}`, this.#asked++)
    const key = `${way}, question ${this.#asked}`
    this.#handle ??= this.#database.createTransaction()
    const handle = this.#handle
    if (kind === 'getRange') {
      const selector = { key: bytes, orEqual: false, offset: 1 }
      const ask = (): ReturnType<Question['ask']> =>
        handle.getRange(selector, selector, { limit: PAIRS })
      return { kind, key, ask, problemOf: (found) => pairsProblem(bytes, found as RangeResult) }
    }
    const ask = (): ReturnType<Question['ask']> =>
      kind === 'get' ? handle.get(bytes) : handle.getKey(bytes, false, 1)
    return { kind, key, ask, problemOf: (found) => problem(bytes, found) }
  }

  write(): void {
    const handle = this.#database.createTransaction()
    handle.set(Buffer.alloc(this.#draw.integer(1, 3000)), Buffer.alloc(this.#draw.integer(0, 3000)))
    handle.destroy()
  }

  renew(): void {
    this.#handle?.destroy()
    this.#handle = undefined
  }

  end(): void {
    this.renew()
    this.#database[Symbol.dispose]()
  }
}

function problem(expected: Buffer, found: unknown): string | undefined {
  return expected.equals(found as Buffer) ? undefined : `got ${shown(found)} for ${shown(expected)}`
}

function pairsProblem(expected: Buffer, { results }: RangeResult): string | undefined {
  if (results.length !== PAIRS) return `got ${results.length} pairs`
  return results
    .flat()
    .map((part) => problem(expected, part))
    .find(Boolean)
}
