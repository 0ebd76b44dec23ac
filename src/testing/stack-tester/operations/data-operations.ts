// The operations of the binding tester, by the groups of its specification.
import { tuple } from '../../../index.ts'
import {
  bytesOf,
  integerItem,
  integerOf,
  StackTesterError,
  wideIntegerOf,
} from '../machine/items.ts'
import type { NumberedItem } from '../machine/stack.ts'
import type { Operations, Step } from '../machine/step.ts'

/** A logged item is cut off here: the limit of a value is 100,000 bytes. */
const MAX_LOGGED_BYTES = 40_000
/** Items in one transaction of LOG_STACK. */
const LOG_BATCH = 100

/** The operations that need no database, and LOG_STACK. */
export const dataOperations: Operations = {
  PUSH(step) {
    if (step.argument === undefined) throw new StackTesterError('PUSH has no item')
    step.push(step.argument)
  },
  DUP: (step) => step.stack.duplicate(),
  EMPTY_STACK: (step) => step.stack.clear(),
  async SWAP(step) {
    step.stack.swap(integerOf(await step.pop()))
  },
  async POP(step) {
    await step.pop()
  },
  async SUB(step) {
    const a = wideIntegerOf(await step.pop())
    const b = wideIntegerOf(await step.pop())
    step.push(integerItem(a - b))
  },
  async CONCAT(step) {
    const a = await step.pop()
    const b = await step.pop()
    if (typeof a === 'string' && typeof b === 'string') step.push(a + b)
    else step.push(Buffer.concat([bytesOf(a), bytesOf(b)]))
  },
  async WAIT_FUTURE(step) {
    const { item, index } = await step.stack.popNumbered()
    step.stack.push(index, item)
  },
  async LOG_STACK(step) {
    const prefix = bytesOf(await step.pop())
    while (step.stack.size > 0) await logBatch(step, prefix)
  },
}

async function logBatch(step: Step, prefix: Buffer): Promise<void> {
  const { stack } = step
  const batch: (NumberedItem & { place: number })[] = []
  while (stack.size > 0 && batch.length < LOG_BATCH) {
    const place = stack.size - 1
    batch.push({ place, ...(await stack.popNumbered()) })
  }
  await step.machine.db.doOneshot((tn) => {
    for (const { place, index, item } of batch) {
      const key = tuple.packPrefixed(prefix, [place, index])
      tn.set(key, tuple.pack([item]).subarray(0, MAX_LOGGED_BYTES))
    }
  })
}
