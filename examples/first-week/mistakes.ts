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

await db.set('users/ada', 'not JSON')
await told(() => users.get('ada'))
db.close()
