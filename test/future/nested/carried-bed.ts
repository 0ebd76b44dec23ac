/** What all beds leave to whoever carries their calls: the ring, or whatever stands for it. */
import type { ReadKind } from './actions.ts'
import type { Bed, Question } from './run-program.ts'

export interface Carrier {
  flush(): void
  close(): void
  turn(): Promise<void>
}

/** Cancelled, by itself or by its transaction; and what a loaded cluster may answer. */
const CODES = new Set([1025, 1101, 1007, 1009, 1021, 1037])
const NAMES = new Set(['FDBStateError', 'FDBBusyError', 'TaskDroppedError'])

/** An error that a program brings about by what it does. */
export function mayBeTold(error: unknown): boolean {
  const { name, code } = error as { readonly name: string; readonly code?: number }
  return NAMES.has(name) || (name === 'FDBError' && CODES.has(code as number))
}

export abstract class CarriedBed implements Bed {
  readonly #carrier: Carrier

  constructor(carrier: Carrier) {
    this.#carrier = carrier
  }

  abstract question(kind: ReadKind, key: number): Question
  abstract write(key: number): void
  abstract renew(): void

  flush(): void {
    this.#carrier.flush()
  }

  close(): void {
    this.#carrier.close()
  }

  turn(): Promise<void> {
    return this.#carrier.turn()
  }

  expects(error: unknown): boolean {
    return mayBeTold(error)
  }
}
