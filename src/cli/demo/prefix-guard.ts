import type { Database } from '../../index.ts'
import { CommandError } from '../ground/errors.ts'
import { OWNER, type Keyspace } from './keyspace.ts'

/**
 * Makes the prefix the demo's own: what an earlier run left is removed, and a prefix that holds
 * anything else is refused.
 */
export async function claimPrefix(db: Database, keys: Keyspace): Promise<void> {
  const owner = keys.key('owner')
  await db.doTransaction(async (tn) => {
    const [mark, first] = await Promise.all([
      tn.get(owner),
      tn.getRangeAllStartsWith(keys.prefix, { limit: 1 }),
    ])
    if (mark === undefined && first.length > 0) {
      throw new CommandError(
        'there are keys below the prefix that the demo did not write: choose another with --prefix',
      )
    }
    if (mark !== undefined && mark.toString() !== OWNER) {
      throw new CommandError('the prefix belongs to another program: choose another with --prefix')
    }
    tn.clearRangeStartsWith(keys.prefix)
    tn.set(owner, Buffer.from(OWNER))
  })
}

/** Removes all that the demo wrote, if the prefix is still its own. */
export async function releasePrefix(db: Database, keys: Keyspace): Promise<void> {
  await db.doTransaction(async (tn) => {
    const mark = await tn.get(keys.key('owner'))
    if (mark?.toString() === OWNER) tn.clearRangeStartsWith(keys.prefix)
  })
}
