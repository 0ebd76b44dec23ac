import { networkInfo } from '../../index.ts'
import type { Database } from '../../index.ts'
import { StackMachine } from './stack-machine.ts'
import { TransactionMap } from './machine/transactions.ts'

/**
 * Runs the instructions that lie below the tuple `(prefix,)` of the database, as the specification of
 * FoundationDB's binding tester describes them. Settles when the last machine has ended.
 *
 * @param db the root of an open database; the caller closes it.
 * @param prefix the bytes of the first element of the instructions' keys.
 * @throws StackTesterError for instructions that no tester can carry out.
 * @example await runStackTester(open({ apiVersion: 740 }), Buffer.from('test'))
 */
export async function runStackTester(db: Database, prefix: Buffer): Promise<void> {
  const transactions = new TransactionMap()
  const { apiVersion } = networkInfo()
  try {
    await new StackMachine({ db, apiVersion, transactions }, prefix).run()
  } finally {
    transactions[Symbol.dispose]()
  }
}
