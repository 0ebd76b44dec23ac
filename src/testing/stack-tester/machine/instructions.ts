import { keySelector, tuple } from '../../../index.ts'
import type { Database, KeySelector } from '../../../index.ts'
import { StackTesterError } from './items.ts'
import type { Item } from './items.ts'

/** Instructions in one read: few enough that no transaction grows old over a long program. */
const BATCH = 1000

export interface Instruction {
  /** From 0. */
  readonly index: number
  readonly name: string
  readonly argument: Item | undefined
}

/** The instructions below the tuple of `prefix`, in order. */
export async function* readInstructions(db: Database, prefix: Buffer): AsyncGenerator<Instruction> {
  const { begin, end } = tuple.range([prefix])
  let from: KeySelector<Buffer> = keySelector.firstGreaterOrEqual(begin)
  let index = 0
  for (;;) {
    const entries = await db.getRangeAll(from, end, { limit: BATCH })
    for (const [, value] of entries) yield parse(value, index++)
    const last = entries.at(-1)
    if (last === undefined || entries.length < BATCH) return
    from = keySelector.firstGreaterThan(last[0])
  }
}

function parse(value: Buffer, index: number): Instruction {
  const [name, argument] = tuple.unpack(value, true)
  if (typeof name !== 'string') {
    throw new StackTesterError(`instruction ${index} does not begin with the name of an operation`)
  }
  return { index, name, argument }
}
