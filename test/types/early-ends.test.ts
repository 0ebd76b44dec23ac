// Every public call that takes a signal, or a timeout, ends by it at once: found by the declarations, so that none is
// forgotten. Nothing has an answer meanwhile, not even what is cancelled, as if the network thread stood still.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseContext } from '../../src/client/connection/database-context.ts'
import { root } from '../../src/client/keys/subspace.ts'
import { Database as PeerDatabase } from '../../src/compat/database.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { FDBError, RunAbortedError } from '../../src/index.ts'
import { Database } from '../../src/client/database/database.ts'
import { HeldEnvironment } from '../client/early-ends.ts'
import { useFakeClient } from '../future/fake-client.ts'
import { OPTION_CALLS, callOn, closeAll } from './option-calls.ts'
import { optionsOfCalls } from './options-of-calls.ts'

const API_VERSION = 740
const fake = useFakeClient()
const environment = new HeldEnvironment()
const found = optionsOfCalls()
const taking = (option: string): string[] =>
  [...found].filter(([, names]) => names.includes(option)).map(([name]) => name)

/** Of a task: it ends by a signal that it makes itself. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function openContext(): DatabaseContext {
  return new DatabaseContext(DatabaseHandle.open(), API_VERSION, environment)
}

beforeAll(() => {
  const peer = new PeerDatabase(openContext(), root)
  callOn(new Database(openContext(), root), peer)
})
afterAll(async () => {
  fake.beSilent(false)
  closeAll()
  await fake.settle()
})
beforeEach(() => fake.beSilent('always'))

interface Called {
  outcome: { readonly value?: unknown; readonly error?: unknown } | undefined
}

/** Calls, and waits for what the call is about: an iterator for its first, a watch for its end. */
function call(name: string, options: object): Called {
  const called: Called = { outcome: undefined }
  const work = async (): Promise<unknown> => {
    const result = OPTION_CALLS[name]!(options as never)
    const { next, promise } = (result ?? {}) as { next?: unknown; promise?: unknown }
    if (typeof next === 'function') return await (result as AsyncIterator<unknown>).next()
    return await (promise ?? result)
  }
  work().then(
    (value) => (called.outcome = { value }),
    (error: unknown) => (called.outcome = { error }),
  )
  return called
}

/** A watch gives false, a subscription is over; all else rejects with the reason, or says that a commit was sent. */
function expectAborted(name: string, { outcome }: Called, reason: unknown): void {
  expect(outcome, `${name} waits on`).toBeDefined()
  if ('value' in outcome!) {
    const { value } = outcome
    expect(value === false || (value as { done?: boolean }).done, name).toBe(true)
  } else if (outcome!.error instanceof RunAbortedError) expect(outcome!.error.cause).toBe(reason)
  else expect(outcome!.error, name).toBe(reason)
}

describe('a call that takes a signal', () => {
  test('is one of many', () => {
    expect(taking('signal').length).toBeGreaterThan(30)
    expect(taking('timeout').length).toBeGreaterThan(25)
  })

  test.each(taking('signal'))('%s ends by it', async (name) => {
    const reason = new Error(name)
    const controller = new AbortController()
    const called = call(name, { signal: controller.signal })
    await turns()
    expect(called.outcome, `${name} does not wait`).toBeUndefined()
    controller.abort(reason)
    await turns()
    expectAborted(name, called, reason)
  })

  test.each(taking('signal'))('%s does not begin when it has aborted', async (name) => {
    const reason = new Error(name)
    const called = call(name, { signal: AbortSignal.abort(reason) })
    await turns()
    expectAborted(name, called, reason)
    expect(called.outcome!.error ?? reason).toBe(reason)
  })
})

describe('a call that takes a timeout', () => {
  const ofRuns = /createTransaction|CreateTransaction/
  test.each(taking('timeout').filter((name) => !ofRuns.test(name)))(
    '%s ends by it',
    async (name) => {
      const called = call(name, { timeout: 50 })
      await turns()
      expect(called.outcome, `${name} does not wait`).toBeUndefined()
      environment.clock += 50
      environment.fire()
      await turns()
      expect(called.outcome, `${name} waits on`).toBeDefined()
      expect(called.outcome!.error).toBeInstanceOf(FDBError)
      expect(called.outcome!.error).toMatchObject({ code: 1031 })
    },
  )
})
