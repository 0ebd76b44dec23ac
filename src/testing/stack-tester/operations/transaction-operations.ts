import { bytesOf, integerOf } from '../machine/items.ts'
import type { Operations } from '../machine/step.ts'

/** The life of the current transaction, and versions. */
export const transactionOperations: Operations = {
  NEW_TRANSACTION: (step) => step.machine.newTransaction(),
  async USE_TRANSACTION(step) {
    step.machine.useTransaction(bytesOf(await step.pop()))
  },
  async ON_ERROR(step) {
    const code = integerOf(await step.pop())
    step.pushPending(step.tn.onError(code))
  },
  COMMIT: (step) => step.pushPending(step.tn.commit()),
  RESET: (step) => step.tn.reset(),
  CANCEL: (step) => step.tn.cancel(),
  async GET_READ_VERSION(step) {
    step.machine.lastVersion = await step.tn.getReadVersion()
    step.pushText('GOT_READ_VERSION')
  },
  SET_READ_VERSION: (step) => step.tn.setReadVersion(step.machine.lastVersion),
  GET_COMMITTED_VERSION(step) {
    step.machine.lastVersion = step.tn.getCommittedVersion()
    step.pushText('GOT_COMMITTED_VERSION')
  },
  async GET_APPROXIMATE_SIZE(step) {
    await step.tn.costs.getApproximateSize()
    step.pushText('GOT_APPROXIMATE_SIZE')
  },
  GET_VERSIONSTAMP: (step) => step.pushPending(step.tn.versionstamps.ofCommit().promise),
}
