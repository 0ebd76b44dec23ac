/** What a first week gets wrong, and what it is told. */
import { encoders, open } from 'fdbkit'

const db = open()
const users = db.at('users/', encoders.string, encoders.json<{ name: string }>())

async function told(mistake: () => unknown): Promise<void> {
  try {
    await mistake()
    console.log('nothing')
  } catch (error) {
    const { name, message } = error as Error
    console.log(`${name}: ${message.split('\n')[0]}`)
  }
}

// @ts-expect-error an option that there is not
await told(() => users.getRangeAll('a', 'b', { limt: 5 }))
// @ts-expect-error a key that may be missing
await told(() => users.clear(undefined))
await told(() => db.set('large', Buffer.alloc(200_000)))

// An await that is missing: the function has returned before its branch writes.
await told(() =>
  db.doTransaction(async (tn) => {
    const remember = async (): Promise<void> => {
      await tn.get('last')
      tn.set('last', 'now')
    }
    tn.set('first', 'now')
    remember().catch(() => undefined)
  }),
)

await db.set('users/ada', 'not JSON')
await told(() => users.get('ada'))
db.close()

// Prints:
// TypeError: limt is no option of a range, which takes limit, reverse, streamingMode, targetBytes, maxBytes, signal, timeout
// TypeError: key must be what string takes, not undefined; all keys of a scope are allKeys, or clearAll
// FDBError: commit of 'large': The value is longer than 100,000 bytes; split it over several keys (value_too_large, 2103)
// FDBStateError: set was called too late: the transaction is that of attempt 1, which is over since its function has returned. Something in the function was not awaited: await all that it starts, also the other branches when one fails, and use only the transaction that each attempt is given.
// DecodeError: the value of 'users/ada', of the scope 'users/', is not what json takes, at byte 1: Unexpected token 'o', "not JSON" is not valid JSON
