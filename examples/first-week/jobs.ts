/** Work that is done once, whichever worker dies: a queue with leases, tries and dead letters. */
import { encoders, open } from 'fdbkit'
import { Queue, type QueueMessage } from 'fdbkit/recipes'

interface Job {
  mailTo: string
}

const db = open()
const jobs = new Queue(db.at('jobs/', undefined, encoders.json<Job>()), { maxTries: 2 })
const sent = db.at('sent/', encoders.string, encoders.int64LE)

async function send(message: QueueMessage<Job>): Promise<void> {
  const { mailTo } = message.value
  if (!mailTo.includes('@')) throw new Error(`${mailTo} is no address`)
  // The message goes in the transaction that does the work: both happen, or none does.
  await db.doTransaction(async (tn) => {
    await message.ackIn(tn)
    tn.at(sent).add(mailTo, 1)
  })
}

await jobs.pushAll([
  { mailTo: 'ada@example.com' },
  { mailTo: 'nobody' },
  { mailTo: 'ben@example.com' },
])

for (;;) {
  const message = await jobs.receive()
  if (message === undefined) break
  try {
    await send(message)
  } catch (error) {
    console.log(`try ${message.tries}: ${(error as Error).message}`)
    await message.nack()
  }
}

console.log(await sent.getRangeAll(''))
console.log('dead:', await jobs.deadLetters.pop())
db.close()

// Prints:
// try 1: nobody is no address
// try 2: nobody is no address
// [ [ 'ada@example.com', 1n ], [ 'ben@example.com', 1n ] ]
// dead: { mailTo: 'nobody' }
