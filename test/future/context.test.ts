/** Whatever was registered is called back in the context of who registered it: futures, watches, transactions, timers. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { context as otel, createContextKey, ROOT_CONTEXT, type Context } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as compat from '../../src/compat/index.ts'
import { openEmbedded, type Database } from '../../src/index.ts'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import type { FdbFuture } from '../../src/future/handles/fdb-future.ts'
import { Ring } from '../../src/future/ring/ring.ts'
import type { TransactionHandle } from '../../src/future/handles/transaction-handle.ts'
import { PENDING, type Waker } from '../../src/future/wakers/waker.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { dist, runModule } from '../native/run-module.ts'
import {
  elsewhere,
  FEW_REQUESTS,
  nextTurn,
  oneRead,
  storage,
  whatEachSees,
  type Way,
} from '../support/contexts.ts'
import { forSeedsAsync } from '../support/seeds.ts'
import { Draw } from '../task/helpers.ts'

process.env['FDBKIT_ENGINE'] = 'embedded'
let db: Database
let compatDb: compat.Database
let handle: DatabaseHandle

beforeAll(async () => {
  db = openEmbedded()
  compatDb = compat.open()
  handle = DatabaseHandle.open()
  for (let i = 0; i < 20; i++) await db.set(`range/${i}`, String(i))
})

afterAll(() => {
  handle.close()
  compatDb.close()
  db.close()
})

const read = (): FdbFuture<Buffer | undefined> => oneRead(handle)
/** Fails: the key is too large to exist. */
const failing = (): FdbFuture<void> => {
  const transaction = handle.createTransaction()
  transaction.set(Buffer.alloc(11_000), Buffer.from('value'))
  const commit = transaction.commit()
  transaction.destroy()
  return commit
}

/** A waker of a program's own. */
class OwnWaker implements Waker {
  readonly taskId = 0
  readonly refCount = 1
  readonly #woken: () => void

  constructor(woken: () => void) {
    this.#woken = woken
  }

  wake(): void {
    this.#woken()
  }

  wakeByRef(): void {
    this.#woken()
  }

  clone(): Waker {
    return this
  }

  drop(): void {
    return
  }
}

async function poll<T>(
  pollable: { poll(waker: Waker): T | typeof PENDING },
  see: () => void,
): Promise<T> {
  const value = await new Promise<void>((resolve) => {
    const waker = new OwnWaker(() => {
      see()
      resolve()
    })
    if (pollable.poll(waker) === PENDING) return
    see()
    resolve()
  })
  void value
  return pollable.poll(new OwnWaker(() => undefined)) as T
}

const ways: Record<string, Way> = {
  'then, of a value': (see) => read().then(see),
  'then, of an error': (see) => failing().then(undefined, see),
  catch: (see) => failing().catch(see),
  finally: (see) => read().finally(see),
  'finally, of an error': (see) => failing().finally(see).catch(see),
  'a chain of thens': (see) =>
    read()
      .then(see)
      .then(() => read())
      .then(see),
  'then of a future that has settled': (see) => {
    const future = read()
    return future.then(() => future.then(see))
  },
  'several thens of one future': (see) => {
    const future = read()
    return Promise.all([future.then(see), future.then(see), future.then(see)])
  },
  'the `then` of what a callback returned': (see) =>
    read().then(() => ({
      then: (resolve: (value: unknown) => void) => {
        see()
        resolve(1)
      },
    })),
  'a commit': (see) => {
    const transaction = handle.createTransaction()
    transaction.set(Buffer.from('written'), Buffer.from('value'))
    return transaction.commit().then(() => {
      see()
      transaction.destroy()
    })
  },
  await: async (see) => {
    await read()
    see()
  },
  'poll with a waker': (see) => poll(read(), see),
  'a watch': async (see) => {
    const watch = await db.getAndWatch('watched', { keepAlive: true })
    elsewhere(() => watch.cancel())
    await watch.promise.then(see)
  },
  'a watch, polled': async (see) => {
    const watch = await db.getAndWatch('watched', { keepAlive: true })
    elsewhere(() => void db.set('watched', String(Math.random())))
    await poll(watch, see)
  },
  'a transaction': (see) =>
    db
      .doTransaction(async (tn) => {
        see()
        await tn.get('key')
        see()
        void tn.get('key').then(see)
        await tn.getReadVersion()
      })
      .then(see),
  'a transaction that is run again': (see) => {
    let attempts = 0
    return db.doTransaction(async (tn) => {
      see()
      await tn.get('contended')
      tn.set('contended', 'here')
      if (attempts++ === 0) await db.set('contended', 'meanwhile')
      see()
    })
  },
  'a range, iterated': (see) =>
    db.doTransaction(async (tn) => {
      for await (const pair of tn.getRange('range/', 'range0', { targetBytes: 10 })) {
        if (pair[0].length > 0) see()
      }
    }),
  'a range, at once': (see) =>
    db.doTransaction((tn) => tn.getRangeAll('range/', 'range0')).then(see),
  'callbacks as of node-foundationdb': (see) =>
    new Promise<void>((resolve) => {
      const transaction = compatDb.rawCreateTransaction()
      transaction.get('key', () => {
        see()
        transaction.rawCommit(() => {
          see()
          transaction[Symbol.dispose]()
          resolve()
        })
      })
    }),
  'a timer of virtual time': (see) => {
    const environment = new DeterministicEnvironment({ seed: 1 })
    elsewhere(() => {
      while (environment.step()) continue
    })
    return new Promise((resolve) => {
      environment.setTimer(5, () => {
        see()
        environment.defer(() => {
          see()
          resolve(undefined)
        })
      })
    })
  },
  'the next event of virtual time': (see) => {
    const environment = new DeterministicEnvironment({ seed: 1 })
    elsewhere(() => environment.defer(() => undefined))
    return new Promise((resolve) => {
      environment.onNextEvent(() => {
        see()
        resolve(undefined)
      })
    })
  },
  'a ring that is closed by somebody else': async (see) => {
    const ring = new Ring({ slots: 8, entries: 8, objects: 8 })
    const database = DatabaseHandle.open({}, ring)
    const transaction = database.createTransaction()
    const watch = transaction.watch(Buffer.from('never'))
    const polled = transaction.watch(Buffer.from('never'))
    await transaction.commit()
    elsewhere(() => {
      ring.close()
      transaction.destroy()
      database.close()
    })
    const waiting = poll(polled, see).then(undefined, see)
    await watch.then(undefined, see)
    await waiting
  },
}

describe('a callback runs in the context in which it was registered', () => {
  for (const [name, way] of Object.entries(ways)) {
    it(name, async () => {
      const few = name.startsWith('a ring') ? FEW_REQUESTS : undefined
      const { seen, due } = await whatEachSees(way, few)
      expect(seen).toEqual(due)
    })
  }

  it('of 2,000 commits at once, none sees another’s user or none', async () => {
    const users = Array.from({ length: 2000 }, (_, i) => `user ${i}`)
    const transactions = users.map(() => handle.createTransaction())
    const seen = await Promise.all(
      users.map((user, i) =>
        storage.run(user, () =>
          (transactions[i] as TransactionHandle).commit().then(() => storage.getStore()),
        ),
      ),
    )
    for (const transaction of transactions) transaction.destroy()
    expect(seen).toEqual(users)
  })

  it('with OpenTelemetry’s context', async () => {
    const contexts = new AsyncLocalStorage<Context>()
    otel.setGlobalContextManager({
      active: () => contexts.getStore() ?? ROOT_CONTEXT,
      with: (of, body, self, ...args) => contexts.run(of, () => body.call(self as never, ...args)),
      bind: (_of, target) => target,
      enable: () => otel as never,
      disable: () => otel as never,
    })
    const request = createContextKey('request')
    const numbers = Array.from({ length: 500 }, (_, i) => i)
    const seen = await Promise.all(
      numbers.map((i) => {
        const wait = (): PromiseLike<unknown> =>
          read().then(() => otel.active().getValue(request) ?? 'none')
        return i % 5 === 0 ? wait() : otel.with(ROOT_CONTEXT.setValue(request, i), wait)
      }),
    )
    otel.disable()
    contexts.disable()
    expect(seen).toEqual(numbers.map((i) => (i % 5 === 0 ? 'none' : i)))
  })
})

/** A program of callbacks that set stores, drawn from a seed. Each knows which store it must find. */
class Program {
  readonly #draw: Draw
  readonly #environment = new DeterministicEnvironment({ seed: 1 })
  #names = 0
  #waiting = 0
  #budget = 60
  failure: string | undefined
  calls = 0

  constructor(seed: number) {
    this.#draw = new Draw(seed)
  }

  async run(): Promise<void> {
    for (let i = 0; i < 4; i++) this.#begin(i % 2 === 0 ? `root ${i}` : undefined)
    while (this.#waiting > 0) {
      const step = (): unknown => this.#environment.step()
      if (this.#draw.chance(0.5)) storage.run('somebody else', step)
      else step()
      await nextTurn()
    }
  }

  #begin(store: string | undefined): void {
    // Behind it nothing is left of what the program enters.
    if (store === undefined) storage.exit(() => this.#act(store, 4, false))
    else storage.run(store, () => this.#act(store, 4, true))
  }

  /** `entering`: a store that is entered lasts no longer than this call. */
  #act(store: string | undefined, depth: number, entering: boolean): void {
    let expected = store
    this.calls++
    this.#check(expected, 'called back')
    for (let step = this.#draw.below(4); step > 0 && depth > 0 && this.#budget > 0; step--) {
      this.#budget--
      const kind = this.#draw.below(6)
      if (kind === 0 && entering) {
        const name = `run ${++this.#names}`
        storage.run(name, () => this.#act(name, depth - 1, false))
      } else if (kind === 1) {
        storage.exit(() => this.#act(undefined, depth - 1, false))
      } else if (kind === 2 && entering) {
        expected = `entered ${++this.#names}`
        storage.enterWith(expected)
      } else {
        this.#register(expected, depth - 1)
      }
      this.#check(expected, 'afterwards')
    }
  }

  #register(expected: string | undefined, depth: number): void {
    this.#waiting++
    const callback = (): void => {
      this.#waiting--
      this.#act(expected, depth, true)
    }
    const kind = this.#draw.below(4)
    if (kind === 0) void read().then(callback)
    else if (kind === 1) void failing().then(undefined, callback)
    else if (kind === 2) this.#environment.setTimer(this.#draw.below(10), callback)
    else if (read().poll(new OwnWaker(callback)) !== PENDING) callback()
  }

  #check(expected: string | undefined, when: string): void {
    const found = storage.getStore()
    if (found !== expected) this.failure ??= `${when}: ${found} instead of ${expected}`
  }
}

it('programs drawn from a seed, which run, enter and leave stores in callbacks', async () => {
  let calls = 0
  await forSeedsAsync(async (seed) => {
    const program = new Program(seed)
    await program.run()
    expect(program.failure).toBeUndefined()
    calls += program.calls
  })
  expect(calls).toBeGreaterThan(100)
})

describe('in a process of its own', () => {
  const prelude = `
    import { AsyncLocalStorage, executionAsyncResource } from 'node:async_hooks'
    const { openEmbedded, hostEnvironment } = await import('${dist}/index.js')
    const { Runtime, sleep } = await import('${dist}/task/index.js')
  `

  it('the first store of all is carried, though it is set in the middle of a tick', async () => {
    for (const first of [
      `storage.run('first', () => seen.push(tn.get('key').then(see)))`,
      `storage.enterWith('first'); seen.push(tn.get('key').then(see))`,
    ]) {
      const outcome = await runModule(`${prelude}
        const db = openEmbedded()
        const storage = new AsyncLocalStorage()
        await db.doTransaction(async (tn) => {
          await tn.get('key')
          const see = () => storage.getStore()
          const seen = [tn.get('key').then(see)]
          ${first}
          console.log(JSON.stringify(await Promise.all(seen)))
        })
        db.close()
      `)
      expect(outcome).toEqual({ code: 0, stdout: '[null,"first"]\n', stderr: '' })
    }
  })

  it('a package that is loaded within a request keeps nothing of it', async () => {
    const outcome = await runModule(`
      import { AsyncLocalStorage } from 'node:async_hooks'
      const storage = new AsyncLocalStorage()
      const db = await storage.run('who loads', async () => {
        const db = (await import('${dist}/index.js')).openEmbedded()
        await db.get('key')
        return db
      })
      await db.doTransaction(async (tn) => {
        const seen = await Promise.all([
          storage.exit(() => tn.get('key').then(() => storage.getStore() ?? 'none')),
          storage.run('another', () => tn.get('key').then(() => storage.getStore())),
        ])
        console.log(JSON.stringify(seen))
      })
      db.close()
    `)
    expect(outcome).toEqual({ code: 0, stdout: '["none","another"]\n', stderr: '' })
  })

  it('no store is used by the package itself, so that promises cost what they cost', async () => {
    const outcome = await runModule(`${prelude}
      const db = openEmbedded()
      await new Runtime().run(async () => {
        await sleep(1)
        await db.doTransaction(async (tn) => void (await tn.get('key')))
      })
      db.close()
      // With a storage in use it would be a promise.
      console.log(executionAsyncResource() instanceof Promise)
    `)
    expect(outcome).toEqual({ code: 0, stdout: 'false\n', stderr: '' })
  })
})
