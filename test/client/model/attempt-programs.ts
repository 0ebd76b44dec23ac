/**
 * Programs around the end of attempts and commits, drawn from a seed, and what the caller may find afterwards. Every
 * write has a key of its own, so the database tells which attempts were applied.
 */
import { expect } from 'vitest'
import { BudgetExceededError, FDBError, FDBStateError, encoders } from '../../../src/index.ts'
import type { Attempt, Budget, Database, RunOptions, Transaction } from '../../../src/index.ts'
import { Draw } from '../../differential/draw.ts'

/** How often what mattered has happened. */
export interface Tally {
  /** The caller was told that it is not known. */
  unknown: number
  /** Of those, it was applied all the same. */
  appliedUnknown: number
  /** Calls that came too late. */
  late: number
  /** Runs that ended with an error that promises that nothing was applied. */
  refused: number
  succeeded: number
}

export const emptyTally = (): Tally => ({
  unknown: 0,
  appliedUnknown: 0,
  late: 0,
  refused: 0,
  succeeded: 0,
})

interface Write {
  readonly key: string
  readonly attempt: number
  readonly accepted: boolean
}

const RETRYABLE = [1007, 1009, 1020, 1021, 1039]
const FATAL = [1025, 1031, 2000]

class OwnError extends Error {}

/** Some turns of the microtask queue or of the event loop. */
async function pause(draw: Draw): Promise<void> {
  const turns = draw.integer(0, 12)
  const isLong = draw.oneIn(3)
  for (let turn = 0; turn < turns; turn++) {
    if (isLong) await new Promise((resolve) => setImmediate(resolve))
    else await Promise.resolve()
  }
}

/** So much that a commit takes a while. */
function writeMuch(tn: Transaction): void {
  for (let i = 0; i < 200; i++) tn.set(`much/${i}`, 'x'.repeat(100))
}

/** One run of `doTransaction`. */
class Program {
  readonly #db: Database
  readonly #seed: number
  readonly #tally: Tally
  readonly #draw: Draw
  readonly #signal = new AbortController()
  readonly #reason = new Error('the reason')
  readonly #writes: Write[] = []
  readonly #told = new Map<number, boolean>()
  /** Attempts whose function has called commit or reset: what is applied of them is more than one thing. */
  readonly #disturbed = new Set<number>()
  readonly #committed = new Set<number>()
  readonly #settled = new Set<number>()
  readonly #branches: Promise<void>[] = []

  constructor(db: Database, seed: number, tally: Tally) {
    this.#db = db.at(`${seed}/`)
    this.#seed = seed
    this.#tally = tally
    this.#draw = new Draw(seed)
  }

  async run(): Promise<void> {
    const options = this.#options()
    // Another program's clock, not this one's: an abort from outside, at any point.
    if (this.#draw.oneIn(4)) this.#abortSoon(this.#draw)
    let check: (present: Set<string>) => void = (present) => this.#checkSuccess(present)
    try {
      const result = await this.#db.doTransaction((tn, attempt) => this.#body(tn, attempt), options)
      expect(result).toBe(this.#attempts)
      this.#tally.succeeded++
    } catch (error) {
      check = (present) => this.#checkFailure(error, present)
      if (isUnknown(error)) this.#tally.unknown++
      else this.#tally.refused++
    }
    await Promise.all(this.#branches)
    check(await this.#present())
    // A promise that nothing is applied holds later, too.
    await this.#db.set('shared', 'behind it')
    check(await this.#present())
  }

  get #attempts(): number {
    return this.#told.size
  }

  #options(): RunOptions {
    const draw = this.#draw
    const budgets: (Budget | undefined)[] = [
      undefined,
      undefined,
      undefined,
      { keys: draw.integer(0, 2) },
      { bytes: draw.integer(0, 60) },
      { milliseconds: draw.pick([0, 0.3, 1, 2]) },
    ]
    return {
      retryLimit: draw.integer(0, 3),
      maxRetryDelay: 1,
      timeout: draw.pick([0, 0, 0, 1, 2, 10]),
      budget: draw.pick(budgets),
      signal: draw.oneIn(2) ? this.#signal.signal : undefined,
      observer: draw.oneIn(4) ? { failed: () => undefined } : undefined,
    }
  }

  #abortSoon(draw: Draw): void {
    this.#branches.push(pause(draw).then(() => this.#signal.abort(this.#reason)))
  }

  async #body(tn: Transaction, { number, maybeCommitted }: Attempt): Promise<number> {
    const draw = new Draw(this.#seed * 31 + number)
    this.#told.set(number, maybeCommitted)
    try {
      if (!draw.oneIn(6)) this.#write(tn, number)
      if (draw.oneIn(3)) writeMuch(tn)
      for (let steps = draw.integer(0, 4); steps > 0; steps--) await this.#step(tn, number, draw)
      this.#leaveBehind(tn, number, draw)
      if (draw.oneIn(5)) throw new FDBError(draw.pick(RETRYABLE))
      if (draw.oneIn(12)) throw new FDBError(draw.pick(FATAL))
      if (draw.oneIn(12)) throw new OwnError('mine')
      return number
    } finally {
      this.#settled.add(number)
    }
  }

  /** Writes under a key that nothing else has. */
  #write(tn: Transaction, attempt: number, draw?: Draw): void {
    const key = `w/${this.#writes.length}`
    const view = draw?.pick([
      tn,
      tn.snapshot(),
      tn.at(this.#db),
      tn.withKeyEncoding(encoders.string),
    ])
    const writes = this.#writes
    try {
      ;((view ?? tn) as Transaction).set(key, String(attempt))
      writes.push({ key, attempt, accepted: true })
    } catch (error) {
      writes.push({ key, attempt, accepted: false })
      throw error
    }
  }

  async #step(tn: Transaction, number: number, draw: Draw): Promise<void> {
    const step = draw.weighted({
      get: 4,
      range: 2,
      write: 3,
      pause: 3,
      branch: 4,
      all: 2,
      conflict: 3,
      commit: 2,
      reset: 1,
      cancel: 1,
      close: 1,
      abort: 1,
    })
    switch (step) {
      case 'get':
        return void (await tn.get('shared'))
      case 'range':
        return void (await tn.getRangeAllStartsWith('w/'))
      case 'write':
        return this.#write(tn, number, draw)
      case 'pause':
        return await pause(draw)
      case 'branch':
        return this.#branch(tn, number, draw)
      case 'all': {
        const slow = pause(draw).then(() => this.#write(tn, number, draw))
        const failing = pause(draw).then(() => {
          throw new FDBError(draw.pick(RETRYABLE))
        })
        this.#branches.push(slow.catch(() => undefined))
        return void (await Promise.all([slow, failing]))
      }
      case 'conflict':
        await tn.get('shared')
        return await this.#db.set('shared', String(number))
      case 'commit': {
        this.#disturbed.add(number)
        this.#committed.add(number)
        const commit = tn.commit()
        if (draw.oneIn(2)) return await commit
        return void commit.catch(() => undefined)
      }
      case 'reset':
        this.#disturbed.add(number)
        return tn.reset()
      case 'cancel':
        return tn.cancel()
      case 'close':
        return tn.close()
      case 'abort':
        return this.#signal.abort(this.#reason)
    }
  }

  /** What the function starts and does not wait for. */
  #leaveBehind(tn: Transaction, number: number, draw: Draw): void {
    if (draw.oneIn(3)) this.#abortSoon(draw)
    for (let count = draw.integer(0, 2); count > 0; count--) this.#branch(tn, number, draw)
  }

  #branch(tn: Transaction, number: number, draw: Draw): void {
    // Draws of its own: branches take turns in an order that nobody knows.
    const own = new Draw(draw.integer(0, 2 ** 31))
    const iterator = tn.getRange('w/', 'w0')[Symbol.asyncIterator]()
    const call = own.pick<(() => unknown) | undefined>([
      undefined,
      undefined,
      undefined,
      () => tn.get('shared'),
      () => iterator.next(),
      () => tn.cancel(),
      () => tn.reset(),
      () => tn.commit().then(undefined, () => undefined),
      () => tn.setOption('timeout', 1),
    ])
    const go = async (): Promise<void> => {
      await pause(own)
      const isLate = this.#settled.has(number)
      // From here on the loop has seen that the function has settled.
      if (isLate) await new Promise((resolve) => setImmediate(resolve))
      if (!isLate && call !== undefined) {
        this.#disturbed.add(number)
        this.#committed.add(number)
      }
      try {
        if (call === undefined) this.#write(tn, number, own)
        else await call()
      } catch (error) {
        if (isLate) this.#checkLate(tn, number, error)
        return
      }
      if (isLate) expect.fail(`seed ${this.#seed}: a call on attempt ${number} was let through`)
    }
    this.#branches.push(go())
  }

  #checkLate(tn: Transaction, number: number, error: unknown): void {
    this.#tally.late++
    expect(tn.closed).toBe(true)
    // A read is told first what stopped its attempt.
    if (error instanceof BudgetExceededError) return
    expect(error).toBeInstanceOf(FDBStateError)
    expect((error as Error).message).toMatch(new RegExp(`called too late.*attempt ${number}\\b`))
  }

  async #present(): Promise<Set<string>> {
    const entries = await this.#db.getRangeAllStartsWith('w/')
    return new Set(entries.map(([key]) => String(key)))
  }

  /** What no caller may ever find, and that an attempt is applied as a whole. */
  #checkWrites(present: Set<string>, said: string, maybe: (attempt: number) => boolean): void {
    for (const { key, attempt, accepted } of this.#writes) {
      const what = `program ${this.#seed}, ${said}: write ${key} of attempt ${attempt}`
      if (!accepted) expect(present.has(key), `${what} was refused, and applied`).toBe(false)
      else if (!maybe(attempt)) {
        expect(present.has(key), `${what} was applied`).toBe(false)
      }
    }
    for (let attempt = 1; attempt <= this.#attempts; attempt++) {
      if (this.#disturbed.has(attempt)) continue
      const own = this.#writes.filter((write) => write.attempt === attempt && write.accepted)
      const found = own.filter(({ key }) => present.has(key)).length
      expect(
        [0, own.length],
        `program ${this.#seed}, ${said}: attempt ${attempt} in part`,
      ).toContain(found)
    }
  }

  #checkSuccess(present: Set<string>): void {
    const last = this.#attempts
    this.#checkWrites(
      present,
      'success',
      (attempt) => attempt === last || this.#told.get(attempt + 1) === true,
    )
    if (this.#disturbed.has(last)) return
    for (const { key, attempt, accepted } of this.#writes) {
      if (attempt === last && accepted) expect(present, 'the last attempt').toContain(key)
    }
  }

  #checkFailure(error: unknown, present: Set<string>): void {
    const told = isUnknown(error)
    if (told && present.size > 0) this.#tally.appliedUnknown++
    if (error instanceof OwnError) {
      // It says nothing by itself: the function was told of earlier attempts, and knows what it committed.
      return this.#checkWrites(
        present,
        'an error of its own',
        (attempt) => this.#told.get(attempt + 1) === true || this.#committed.has(attempt),
      )
    }
    if (error instanceof BudgetExceededError) {
      expect(error.used).toBeGreaterThan(error.limit)
      expect(/not committed/.test(error.message)).toBe(!error.maybeCommitted)
    } else if (this.#signal.signal.aborted && (error as Error).name === 'AbortError') {
      expect(error).toMatchObject({ maybeCommitted: true, cause: this.#reason })
    } else if (error !== this.#reason) {
      expect(
        [FDBError, FDBStateError].some((kind) => error instanceof kind),
        String(error),
      ).toBe(true)
    }
    this.#checkWrites(present, String(error), () => told)
  }
}

function isUnknown(error: unknown): boolean {
  return (error as { maybeCommitted?: boolean }).maybeCommitted === true
}

export async function checkRun(db: Database, seed: number, tally: Tally): Promise<void> {
  await new Program(db, seed, tally).run()
}

/** A transaction of one's own: commits, and what ends the wait for them. Each commit's future says what is known. */
export async function checkOwn(db: Database, seed: number, tally: Tally): Promise<void> {
  const draw = new Draw(seed)
  const scope = db.at(`own ${seed}/`)
  const timeout = draw.pick([0, 0, 1, 2])
  const tn = scope.createTransaction({ timeout })
  const checks: (() => Promise<void>)[] = []
  for (let round = draw.integer(1, 3); round > 0; round--) {
    const key = `w/${round}`
    const before = draw.pick(['nothing', 'nothing', 'nothing', 'cancel', 'close'] as const)
    let outcome: Promise<unknown>
    try {
      tn.set(key, '')
      if (draw.oneIn(2)) writeMuch(tn)
      await pause(draw)
      if (before === 'cancel') tn.cancel()
      if (before === 'close') tn.close()
      const commit = tn.commit()
      outcome = commit.then(
        () => 'applied',
        (error: unknown) => error,
      )
      await pause(draw)
      const end = draw.pick(['nothing', 'cancel', 'reset', 'close', 'future'] as const)
      if (end === 'cancel') tn.cancel()
      if (end === 'close') tn.close()
      if (end === 'reset') tn.reset()
      if (end === 'future' && !commit.settled) commit.cancel()
    } catch (error) {
      outcome = Promise.resolve(error)
    }
    const said = await outcome
    // What was ended before the commit is known, and not only not unknown.
    if (before !== 'nothing' && timeout === 0) expect(isUnknown(said), before).toBe(false)
    checks.push(async () => {
      const isThere = await scope.exists(key)
      if (said === 'applied') expect(isThere).toBe(true)
      else if (!isUnknown(said)) expect(isThere, `${String(said)}, and applied`).toBe(false)
      else tally.unknown++
      if (isThere && said !== 'applied') tally.appliedUnknown++
    })
    if (tn.closed) break
    tn.reset()
  }
  tn.close()
  for (const check of checks) await check()
}
