/** Users by number, found by their mail address as well; no address is taken twice. */
import { encoders, open, type Transaction } from 'fdbkit'

interface User {
  name: string
  mail: string
}

const db = open()
const byId = encoders.tuple<[kind: 'user', id: number]>()
const users = db.at('users/', byId, encoders.json<User>())
const ids = db.at('mails/', encoders.string, encoders.json<number>())

/** Both scopes are written in one transaction: the index never says what the users do not. */
async function add(tn: Transaction, id: number, user: User): Promise<void> {
  if ((await tn.at(ids).get(user.mail)) !== undefined) throw new Error(`${user.mail} is taken`)
  tn.at(users).set(['user', id], user)
  tn.at(ids).set(user.mail, id)
}

await db.doTransaction((tn) => add(tn, 1, { name: 'Ada', mail: 'ada@example.com' }))
await db.doTransaction((tn) => add(tn, 2, { name: 'Ben', mail: 'ben@example.com' }))
const again = db.doTransaction((tn) => add(tn, 3, { name: 'Eve', mail: 'ada@example.com' }))
await again.catch((error: Error) => console.log(error.message))

const id = await ids.get('ben@example.com')
if (id !== undefined) console.log(await users.get(['user', id]))
for (const [[, number], { name }] of await users.getRangeAll(['user'])) console.log(number, name)
db.close()

// Prints:
// ada@example.com is taken
// { name: 'Ben', mail: 'ben@example.com' }
// 1 Ada
// 2 Ben
