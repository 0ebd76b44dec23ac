import { FDBError } from '../../../index.ts'
import { bytesOf } from '../machine/items.ts'
import type { Operations } from '../machine/step.ts'
import { runUnitTests } from './unit-tests.ts'

const NOT_COMMITTED = 1020

/** Further machines, waiting for them, and what the instructions cannot express. */
export const threadOperations: Operations = {
  async START_THREAD(step) {
    step.machine.startThread(bytesOf(await step.pop()))
  },
  async WAIT_EMPTY(step) {
    const prefix = bytesOf(await step.pop())
    // The retry loop waits and asks again as long as this error comes.
    await step.machine.db.doTransaction(async (tn) => {
      const left = await tn.getRangeAllStartsWith(prefix, { limit: 1 })
      if (left.length > 0) throw new FDBError(NOT_COMMITTED, 'the range is not empty yet')
    })
    step.pushText('WAITED_FOR_EMPTY')
  },
  UNIT_TESTS: (step) => runUnitTests(step.machine.db, step.machine.apiVersion),
}
