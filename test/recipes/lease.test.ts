import { afterAll, expect, test } from 'vitest'
import { openEmbedded } from '../../src/index.ts'
import type { Database } from '../../src/index.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { LeaderElection, LeaseLostError, Lock, RateLimiter } from '../../src/recipes/index.ts'
import { Draw } from '../differential/draw.ts'

// Each process has a clock of its own, which stands still until it is moved: the others know nothing of it.
let opened = 0
const databases: Database[] = []
afterAll(() => databases.forEach((db) => db.close()))

function processes(count: number): { db: Database; clock: DeterministicEnvironment }[] {
  const name = `lease_${++opened}`
  return Array.from({ length: count }, (_, at) => {
    const clock = new DeterministicEnvironment({ seed: opened * 10 + at, start: at * 1_000_000 })
    const db = openEmbedded({ name, environment: clock })
    databases.push(db)
    return { db, clock }
  })
}

/** Moves the clock: what was due meanwhile is called back. */
function move(clock: DeterministicEnvironment, milliseconds: number): void {
  let there = false
  clock.setTimer(milliseconds, () => (there = true))
  while (!there) clock.step()
}

const LEASE = 900

test('a lease of one who died is taken over after its time by the clock of who waits', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const draw = new Draw(seed)
    const [dead, waiting] = processes(2) as [
      ReturnType<typeof processes>[0],
      ReturnType<typeof processes>[0],
    ]
    const held = await new Lock(dead.db, { leaseMilliseconds: LEASE }).tryAcquire('dead')
    const lock = new Lock(waiting.db)
    expect(await lock.tryAcquire()).toBeUndefined()
    let waited = 0
    while (waited < LEASE) {
      expect(await lock.tryAcquire(), `seed ${seed} after ${waited}`).toBeUndefined()
      const step = draw.integer(1, 400)
      move(waiting.clock, step)
      waited += step
    }
    const taken = await lock.tryAcquire()
    expect(taken?.token, `seed ${seed}`).toBe(2n)
    // The first one's clock stands still, so it thinks it holds: what it guards is refused.
    expect(held?.isHeld).toBe(true)
    const late = dead.db.doTransaction(async (tn) => {
      await held?.guard(tn)
      tn.set('late', '')
    })
    await expect(late).rejects.toBeInstanceOf(LeaseLostError)
    expect(await dead.db.exists('late')).toBe(false)
    await held?.renew()
    expect(held?.isHeld).toBe(false)
    expect(held?.lost.reason).toBeInstanceOf(LeaseLostError)
    await held?.release()
    expect((await lock.holder())?.token).toBe(2n)
    await taken?.release()
  }
})

test('a takeover between the guard and the commit refuses the commit', async () => {
  const [one, two] = processes(2) as [
    ReturnType<typeof processes>[0],
    ReturnType<typeof processes>[0],
  ]
  const held = await new Lock(one.db, { leaseMilliseconds: LEASE }).tryAcquire()
  const lock = new Lock(two.db)
  expect(await lock.tryAcquire()).toBeUndefined()
  move(two.clock, LEASE)
  let takeover: Awaited<ReturnType<Lock['tryAcquire']>>
  const late = one.db.doTransaction(async (tn) => {
    await held?.guard(tn)
    takeover ??= await lock.tryAcquire()
    tn.set('late', '')
  })
  await expect(late).rejects.toBeInstanceOf(LeaseLostError)
  expect(await one.db.exists('late')).toBe(false)
  await held?.release()
  await takeover?.release()
})

test('one who renews keeps the lease, however long others wait', async () => {
  const [one, two] = processes(2) as [
    ReturnType<typeof processes>[0],
    ReturnType<typeof processes>[0],
  ]
  const held = await new Lock(one.db, { leaseMilliseconds: LEASE }).tryAcquire()
  const lock = new Lock(two.db)
  for (let i = 0; i < 20; i++) {
    expect(await lock.tryAcquire()).toBeUndefined()
    move(two.clock, LEASE - 1)
    await held?.renew()
  }
  expect(held?.isHeld).toBe(true)
  await held?.release()
  const next = await lock.tryAcquire()
  expect(next?.token).toBe(2n)
  await next?.release()
})

test('a renewal that comes too late ends the lease by the clock of its holder', async () => {
  const [one] = processes(1) as [ReturnType<typeof processes>[0]]
  const lock = new Lock(one.db, { leaseMilliseconds: LEASE })
  const held = await lock.acquire()
  // All at once: the renewals that were due have no time to end.
  move(one.clock, LEASE - 1)
  expect(held.lost.aborted).toBe(false)
  move(one.clock, 1)
  expect(held.lost.reason).toBeInstanceOf(LeaseLostError)
  expect(held.isHeld).toBe(false)
  await held.renew()
  expect(held.isHeld).toBe(false)
  await held.release()
  const next = await lock.acquire()
  expect(next.token).toBe(2n)
  await next.release()
})

test('renewals at once follow one another, and a release leaves no timer behind', async () => {
  const [one] = processes(1) as [ReturnType<typeof processes>[0]]
  const held = await new Lock(one.db, { leaseMilliseconds: LEASE }).acquire()
  await Promise.all([held.renew(), held.renew(), held.renew()])
  move(one.clock, LEASE - 1)
  expect(held.isHeld).toBe(true)
  const late = held.renew()
  await held.release()
  await late
  expect(held.lost.aborted).toBe(false)
  expect(one.clock.isIdle).toBe(true)
})

test('one candidate leads, all know which, and the next follows when it resigns', async () => {
  const [one, two] = processes(2) as [
    ReturnType<typeof processes>[0],
    ReturnType<typeof processes>[0],
  ]
  const first = await new LeaderElection(one.db, 'one').campaign()
  const election = new LeaderElection(two.db, 'two')
  expect(await election.leader()).toEqual({ name: 'one', term: 1n })
  const second = election.lead(async (leadership) => {
    expect(leadership.isHeld).toBe(true)
    expect(await election.leader()).toEqual({ name: 'two', term: 2n })
  })
  await first.release()
  await second
  expect(await election.leader()).toBeUndefined()
  const controller = new AbortController()
  const third = await new LeaderElection(one.db, 'one').campaign()
  const waits = election.campaign({ signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(waits).rejects.toThrow('enough')
  await third.release()
})

test('a rate limiter grants what a model of the bucket grants', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const draw = new Draw(seed)
    const [one] = processes(1) as [ReturnType<typeof processes>[0]]
    const capacity = draw.integer(1, 10)
    const perSecond = draw.integer(1, 20)
    const limiter = new RateLimiter(one.db, { capacity, perSecond })
    let left = capacity
    for (let i = 0; i < 30; i++) {
      const pause = draw.integer(0, 300)
      move(one.clock, pause)
      left = Math.min(capacity, left + (pause * perSecond) / 1000)
      const permits = draw.integer(1, capacity)
      const { granted, waitMilliseconds } = await limiter.take(permits)
      // A permit that comes back at this very moment may be a rounding away.
      if (Math.abs(left - permits) > 1e-6) expect(granted, `seed ${seed}`).toBe(left >= permits)
      if (granted) left -= permits
      else
        expect(waitMilliseconds).toBeGreaterThanOrEqual(
          ((permits - left) / perSecond) * 1000 - 1e-6,
        )
    }
  }
})
