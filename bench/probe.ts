/**
 * What the life-cycle probe costs a get while nobody listens: how often a get asks whether somebody does, what that
 * question costs, and what part of the get it is.
 *
 *     npm run -s bench:probe
 */
import { DatabaseHandle } from '../src/future/handles/database-handle.ts'
import { lifecycle } from '../src/future/wakers/lifecycle.ts'
import { embeddedLibrary } from '../src/native/library/library.ts'
import { startNetwork } from '../src/native/library/network.ts'

const GETS = 300_000
const IN_FLIGHT = 1000
const LOOKS = 200_000_000

startNetwork({ library: embeddedLibrary() })
const database = DatabaseHandle.open()
const key = Buffer.from('bench/probe')

async function gets(count: number): Promise<void> {
  const transaction = database.createTransaction()
  for (let done = 0; done < count; done += IN_FLIGHT) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => transaction.get(key, true)))
  }
  transaction.destroy()
}

/** How often it is asked for one get, counted by an object that answers in its place. */
async function looksPerGet(): Promise<number> {
  let looks = 0
  Object.defineProperty(lifecycle, 'hasSubscribers', {
    configurable: true,
    get: () => {
      looks++
      return false
    },
  })
  await gets(10 * IN_FLIGHT)
  delete (lifecycle as { hasSubscribers?: boolean }).hasSubscribers
  return looks / (10 * IN_FLIGHT)
}

/** Nanoseconds that one question takes: a loop that asks, less one that does not. */
function nanosecondsPerLook(): number {
  let seen = 0
  const time = (run: () => void): number => {
    run()
    const begin = process.hrtime.bigint()
    run()
    return Number(process.hrtime.bigint() - begin)
  }
  const asking = time(() => {
    for (let i = 0; i < LOOKS; i++) if (lifecycle.hasSubscribers || i < 0) seen++
  })
  const idle = time(() => {
    for (let i = 0; i < LOOKS; i++) if (i < 0) seen++
  })
  if (seen !== 0) throw new Error('somebody listens')
  return Math.max(0, asking - idle) / LOOKS
}

await gets(GETS)
const before = process.cpuUsage()
await gets(GETS)
const { user, system } = process.cpuUsage(before)
const perGet = ((user + system) * 1000) / GETS
const perLook = nanosecondsPerLook()
const looks = await looksPerGet()
database.close()

console.log(`a get:             ${perGet.toFixed(0)} ns of CPU`)
console.log(`it asks:           ${looks.toFixed(2)} times whether somebody listens`)
console.log(`a question:        ${perLook.toFixed(2)} ns`)
console.log(`share of the get:  ${((100 * looks * perLook) / perGet).toFixed(3)} %`)
