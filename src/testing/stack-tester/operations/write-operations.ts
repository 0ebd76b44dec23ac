import { MutationType } from '../../../index.ts'
import { ownEntry } from '../../../native/values/own-entry.ts'
import { bytesOf, StackTesterError, stringOf } from '../machine/items.ts'
import type { Operations, Step } from '../machine/step.ts'

/** Writes, each in the current transaction, or at once in one of its own. */
export const writeOperations: Operations = {
  async SET(step) {
    const key = bytesOf(await step.pop())
    const value = bytesOf(await step.pop())
    finish(step, step.target.set(key, value))
  },
  async CLEAR(step) {
    const key = bytesOf(await step.pop())
    finish(step, step.target.clear(key))
  },
  async CLEAR_RANGE(step) {
    const begin = bytesOf(await step.pop())
    const end = bytesOf(await step.pop())
    finish(step, step.target.clearRange(begin, end))
  },
  async CLEAR_RANGE_STARTS_WITH(step) {
    const prefix = bytesOf(await step.pop())
    finish(step, step.target.clearRangeStartsWith(prefix))
  },
  async ATOMIC_OP(step) {
    const type = mutationType(stringOf(await step.pop()))
    const key = bytesOf(await step.pop())
    const param = bytesOf(await step.pop())
    finish(step, step.target.atomicOp(type, key, param))
  },
  async READ_CONFLICT_RANGE(step) {
    const begin = bytesOf(await step.pop())
    step.tn.conflicts.addReadRange(begin, bytesOf(await step.pop()))
    step.pushText('SET_CONFLICT_RANGE')
  },
  async WRITE_CONFLICT_RANGE(step) {
    const begin = bytesOf(await step.pop())
    step.tn.conflicts.addWriteRange(begin, bytesOf(await step.pop()))
    step.pushText('SET_CONFLICT_RANGE')
  },
  async READ_CONFLICT_KEY(step) {
    step.tn.conflicts.addReadKey(bytesOf(await step.pop()))
    step.pushText('SET_CONFLICT_KEY')
  },
  async WRITE_CONFLICT_KEY(step) {
    step.tn.conflicts.addWriteKey(bytesOf(await step.pop()))
    step.pushText('SET_CONFLICT_KEY')
  },
  DISABLE_WRITE_CONFLICT: (step) => step.tn.setOption('next_write_no_write_conflict_range'),
}

/** A write in a transaction of its own leaves its end on the stack; one in the current leaves nothing. */
function finish(step: Step, result: Promise<void> | void): void {
  if (result !== undefined) step.pushPending(result)
}

/** BIT_AND is BitAnd. */
function mutationType(name: string): MutationType {
  const camel = name
    .toLowerCase()
    .replace(/(?:^|_)([a-z])/g, (_all, first: string) => first.toUpperCase())
  const type = ownEntry(MutationType, camel)
  if (type === undefined) throw new StackTesterError(`there is no atomic operation ${name}`)
  return type
}
