/** What an operation is given, and what it is. */
import type { Chance } from '../chance.ts'
import type { Ground } from '../ground.ts'
import type { Outcome } from '../violation.ts'

export interface Turn {
  /** Of the operation, by its place in the soak. */
  readonly number: number
  readonly chance: Chance
  readonly ground: Ground
}

export interface Operation {
  readonly name: string
  /** How often, beside the others. */
  readonly weight: number
  readonly run: (turn: Turn) => Promise<Outcome>
}
