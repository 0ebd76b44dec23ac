import { expect, test } from 'vitest'
import { encoders, type Database } from 'fdbkit'
import { eventually, testDatabase } from 'fdbkit/testing'
import { Jobs } from '../worker.ts'

interface Mail {
  to: string
}

/** How often each address was sent something. */
const sentOf = (db: Database) => db.at('sent/', encoders.string, encoders.int64LE)

// Commits that conflict, and commits of which nobody knows: no mail is lost, and none is sent twice.
test.each([
  {},
  { faults: 'conflicts' },
  { faults: 'unknownCommits' },
  { faults: 'everything' },
] as const)('each job is done once by three workers: %j', async (options) => {
  await using db = testDatabase(options)
  const jobs = new Jobs<Mail>(db)
  const names = Array.from({ length: 12 }, (_, n) => `user ${n}`)
  await jobs.queue.pushAll(names.map((to) => ({ to })))

  const sent = sentOf(db)
  const stop = new AbortController()
  const workers = [1, 2, 3].map(() =>
    jobs.work(async (tn, { to }) => tn.at(sent).add(to, 1n), stop.signal),
  )
  await eventually(async () => (await sent.count('')) === names.length, { within: 60_000 })
  stop.abort()
  await Promise.all(workers)
  await jobs.queue.sweep()

  expect((await sent.getRangeAll('')).map(([, times]) => times)).toEqual(names.map(() => 1n))
})

test('a job that fails is tried again, writes nothing, and is put aside in the end', async () => {
  await using db = testDatabase()
  const jobs = new Jobs<Mail>(db, { maxTries: 3 })
  await jobs.queue.push({ to: 'nobody' })
  let tries = 0
  const stop = new AbortController()
  const worker = jobs.work(async (tn, { to }) => {
    tries++
    tn.at(sentOf(db)).add(to, 1n)
    throw new Error('no such address')
  }, stop.signal)
  await eventually(async () => !(await jobs.failed.isEmpty()))
  stop.abort()
  await worker
  await jobs.queue.sweep()

  expect(tries).toBe(3)
  expect(await sentOf(db).get('nobody')).toBeUndefined()
  expect(await jobs.failed.pop()).toEqual({ to: 'nobody' })
})
