// Single calls wait in line where there is no room, in order and up to a limit, and none is lost.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { CallLine } from '../../src/client/connection/call-line.ts'
import { FDBBusyError, FDBError } from '../../src/index.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const database = openBackend()
afterAll(() => database.close())
const db = emptyScope(database, 'call-line')

const MANY = 100_000

describe('a hundred thousand calls at one time', { timeout: HANG_LIMIT }, () => {
  test('sets, and reads of them', async () => {
    const names = Array.from({ length: MANY }, (_, i) => String(i).padStart(6, '0'))
    await Promise.all(names.map((name) => db.set(name, name)))
    expect(await db.count('')).toBe(MANY)
    const values = await Promise.all(names.map((name) => db.get(name)))
    expect(values.every((value, i) => value?.toString() === names[i])).toBe(true)
  })

  test('what is given up in the line, and a database that is closed, leave it to the others', async () => {
    const own = openBackend()
    const scope = own.at('call-line-ends/')
    const controller = new AbortController()
    const calls = Array.from({ length: 30_000 }, (_, i) =>
      scope.set(String(i), 'x', i % 2 === 0 ? undefined : { signal: controller.signal }).then(
        () => 'done',
        (error: unknown) => (error as Error).message,
      ),
    )
    controller.abort(new Error('given up'))
    const seen = new Set(await Promise.all(calls))
    expect([...seen].sort()).toEqual(['done', 'given up'])
    const late = Array.from({ length: 30_000 }, () =>
      scope.get('x').then(
        () => 'done',
        (error: unknown) => (error as Error).constructor.name,
      ),
    )
    own.close()
    const ended = new Set(await Promise.all(late))
    expect([...ended].every((name) => ['FDBStateError', 'FDBError', 'done'].includes(name))).toBe(
      true,
    )
    // The line is that of the worker: it has room for others again.
    await db.set('after', 'all')
  })
})

type Step = 'call' | 'call with a signal' | 'call with a time' | 'end' | 'abort' | 'time passes'
const AT_ONCE = 3
const MOST = 5

/** The line, and what it should do, told by the rules alone. */
class Model {
  readonly environment = new DeterministicEnvironment({ seed: 1 })
  readonly line = new CallLine(AT_ONCE, MOST)
  readonly seen: string[] = []
  readonly due: string[] = []
  /** In the line, given up or not. */
  waiting: { id: number; signal?: AbortController; until?: number; isOver?: true }[] = []
  underWay = 0
  #calls = 0

  do(step: Step): void {
    switch (step) {
      case 'call':
        return this.#call({})
      case 'call with a signal':
        return this.#call({ signal: new AbortController() })
      case 'call with a time':
        return this.#call({ until: this.environment.now() + 10 })
      case 'end':
        return this.#end()
      case 'abort':
        return this.#abort()
      case 'time passes':
        return this.#pass()
    }
  }

  #call(how: { signal?: AbortController; until?: number }): void {
    const id = this.#calls++
    if (this.line.enter()) {
      this.due.push(`${id} begins`)
      this.seen.push(`${id} begins`)
      this.underWay++
      return
    }
    const timeout = how.until === undefined ? 0 : 10
    const { signal } = how.signal ?? {}
    this.line.wait({ signal, timeout }, this.environment).then(
      () => this.seen.push(`${id} begins`),
      (error: unknown) => this.seen.push(`${id} ${nameOf(error)}`),
    )
    if (this.waiting.length >= MOST) this.due.push(`${id} busy`)
    else this.waiting.push({ id, ...how })
  }

  #end(): void {
    if (this.underWay === 0) return
    this.line.leave()
    let next = this.waiting.shift()
    while (next?.isOver === true) next = this.waiting.shift()
    if (next === undefined) this.underWay--
    else this.due.push(`${next.id} begins`)
  }

  #abort(): void {
    const call = this.waiting.find(({ signal, isOver }) => signal !== undefined && isOver !== true)
    if (call === undefined) return
    call.isOver = true
    call.signal!.abort(new Error('aborted'))
    this.due.push(`${call.id} aborted`)
  }

  #pass(): void {
    pass(this.environment, 10)
    for (const call of this.waiting) {
      if (call.until === undefined || call.isOver === true) continue
      call.isOver = true
      this.due.push(`${call.id} late`)
    }
  }
}

function pass(environment: DeterministicEnvironment, milliseconds: number): void {
  let isOver = false
  environment.setTimer(milliseconds, () => (isOver = true))
  while (!isOver) environment.step()
}

function nameOf(error: unknown): string {
  if (error instanceof FDBBusyError) return 'busy'
  if (error instanceof FDBError) return error.code === 1031 ? 'late' : String(error.code)
  return (error as Error).message
}

test('agrees with a model of a line: in order, so many at one time, so many waiting', async () => {
  const steps = fc.array(
    fc.constantFrom<Step>(
      ...(['call', 'call', 'call with a signal', 'call with a time'] as const),
      ...(['end', 'end', 'abort', 'time passes'] as const),
    ),
    { maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(steps, async (drawn) => {
      const model = new Model()
      for (const step of drawn) {
        model.do(step)
        await new Promise(setImmediate)
        expect(model.seen).toEqual(model.due)
        expect(model.underWay).toBeLessThanOrEqual(AT_ONCE)
      }
      while (model.underWay > 0) model.do('end')
      await new Promise(setImmediate)
      expect(model.seen).toEqual(model.due)
      expect(model.line.enter()).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('the time that a call has waited is not given to it again', async () => {
  const environment = new DeterministicEnvironment({ seed: 1 })
  const line = new CallLine(1, 1)
  expect(line.enter()).toBe(true)
  const waiting = line.wait({ timeout: 100 }, environment)
  pass(environment, 30)
  line.leave()
  expect(await waiting).toEqual({ timeout: 70 })
})
