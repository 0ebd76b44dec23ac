import { Database, root } from '../../index.ts'
import type { DatabaseContext } from '../../client/database-context.ts'
import { StackMachine } from './stack-machine.ts'
import { TransactionMap } from './transactions.ts'

/**
 * Runs the instructions that lie below the tuple `(prefix,)` of the database, as the specification of
 * FoundationDB's binding tester describes them. Settles when the last machine has ended.
 *
 * @param context of an open database; the caller closes it.
 * @param prefix the bytes of the first element of the instructions' keys.
 * @throws StackTesterError for instructions that no tester can carry out.
 */
export async function runStackTester(context: DatabaseContext, prefix: Buffer): Promise<void> {
  const transactions = new TransactionMap()
  const db = new Database(context, root)
  const { apiVersion } = context
  try {
    await new StackMachine({ context, db, apiVersion, transactions }, prefix).run()
  } finally {
    transactions[Symbol.dispose]()
  }
}
