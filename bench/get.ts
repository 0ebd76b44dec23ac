/**
 * Point reads: how many gets settle a second, with so many in flight, through each layer that a program may
 * use, and through the npm package foundationdb for comparison.
 *
 *     npm run -s bench:get [-- SECONDS [IN_FLIGHT]]
 *
 * Figures are of the embedded engine. CPU is that of the whole process, network thread included; what the
 * engine itself needs is in bench/engine.cc.
 */
import { spawnSync } from 'node:child_process'
import { DatabaseHandle } from '../src/future/handles/database-handle.ts'
import type { TransactionHandle } from '../src/future/handles/transaction-handle.ts'
import { engineFolder } from '../src/native/library/engine-path.ts'
import { embeddedLibrary } from '../src/native/library/library.ts'
import { startNetwork } from '../src/native/library/network.ts'

const KEYS = 1000
const SAMPLES = 3

type Get = (key: Buffer) => PromiseLike<unknown>

interface Subject {
  readonly name: string
  readonly get: Get
  /** Reads begin at a new version: they may be five seconds old at most. */
  renew(): void
  close(): void
}

const keys = Array.from({ length: KEYS }, (_, i) =>
  Buffer.from(`bench/${String(i).padStart(6, '0')}`),
)
const value = Buffer.alloc(16, 'v')

/** Each of the loops awaits one get after the other. */
async function loops(get: Get, inFlight: number, until: bigint): Promise<number> {
  let count = 0
  const loop = async (first: number): Promise<void> => {
    let at = first
    while (process.hrtime.bigint() < until) {
      for (let i = 0; i < 16; i++) {
        await get(keys[at % KEYS]!)
        at += inFlight
      }
      count += 16
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, i) => loop(i)))
  return count
}

/** All at once, then all awaited. */
async function batches(get: Get, inFlight: number, until: bigint): Promise<number> {
  let count = 0
  const some = Array.from({ length: inFlight }, (_, i) => keys[i % KEYS]!)
  while (process.hrtime.bigint() < until) {
    await Promise.all(some.map(get))
    count += inFlight
  }
  return count
}

async function measure(
  name: string,
  renew: () => void,
  run: (until: bigint) => Promise<number>,
  seconds: number,
): Promise<void> {
  renew()
  await run(process.hrtime.bigint() + 300_000_000n)
  let best = { rate: 0, cpu: 0 }
  for (let sample = 0; sample < SAMPLES; sample++) {
    renew()
    const cpuBefore = process.cpuUsage()
    const begin = process.hrtime.bigint()
    const count = await run(begin + BigInt(Math.round((seconds * 1e9) / SAMPLES)))
    const elapsed = Number(process.hrtime.bigint() - begin) / 1e9
    const { user, system } = process.cpuUsage(cpuBefore)
    const rate = count / elapsed
    if (rate > best.rate) best = { rate, cpu: (user + system) / count }
  }
  const rate = Math.round(best.rate).toLocaleString('en-US').padStart(11)
  console.log(`${name.padEnd(44)}${rate} a second  ${best.cpu.toFixed(2)} us CPU each`)
}

async function handles(): Promise<Subject> {
  startNetwork({ library: embeddedLibrary() })
  const database = DatabaseHandle.open()
  let transaction: TransactionHandle = database.createTransaction()
  for (const key of keys) transaction.set(key, value)
  await transaction.commit()
  return {
    name: 'fdbkit, TransactionHandle.get',
    get: (key) => transaction.get(key, true),
    renew: () => {
      transaction.destroy()
      transaction = database.createTransaction()
    },
    close: () => {
      transaction.destroy()
      database.close()
    },
  }
}

async function peer(): Promise<Subject> {
  const { default: foundationdb } = await import('foundationdb')
  foundationdb.setAPIVersion(720)
  const database = foundationdb.open()
  let transaction = database.rawCreateTransaction()
  for (const key of keys) transaction.set(key, value)
  await transaction.rawCommit()
  return {
    name: 'foundationdb 2.0.1, tn.snapshot().get',
    get: (key) => transaction.snapshot().get(key),
    renew: () => {
      transaction = database.rawCreateTransaction()
    },
    close: () => database.close(),
  }
}

async function bench(subject: Subject, seconds: number, inFlight: number): Promise<void> {
  const { name, get } = subject
  const renew = (): void => subject.renew()
  await measure(`${name}, 1 in flight`, renew, (until) => loops(get, 1, until), seconds)
  await measure(
    `${name}, ${inFlight} loops`,
    renew,
    (until) => loops(get, inFlight, until),
    seconds,
  )
  await measure(
    `${name}, all of ${inFlight}`,
    renew,
    (until) => batches(get, inFlight, until),
    seconds,
  )
  subject.close()
}

const [seconds = 3, inFlight = 1000] = process.argv
  .slice(2)
  .filter((arg) => arg !== 'peer')
  .map(Number)

if (process.argv.includes('peer')) {
  await bench(await peer(), seconds, inFlight)
} else {
  await bench(await handles(), seconds, inFlight)
  // The peer finds its client library by the loader's path, so it needs a process of its own.
  const folder = engineFolder()
  spawnSync(
    process.execPath,
    [...process.execArgv, process.argv[1]!, ...process.argv.slice(2), 'peer'],
    {
      stdio: 'inherit',
      env: { ...process.env, LD_LIBRARY_PATH: folder, DYLD_LIBRARY_PATH: folder },
    },
  )
}
