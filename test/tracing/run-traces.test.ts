/** What is told of the runs of transactions, and of who waits for what behind an `await`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, encoders, openEmbedded, directory } from '../../src/index.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { bounded, fdbSpawn, oneshot, Runtime, sleep } from '../../src/task/index.ts'
import {
  findingsOf,
  timelineOf,
  type Timeline,
  type Trace,
  TraceRecorder,
  type RecorderOptions,
} from '../../src/tracing/index.ts'
import { contendedProgram } from './contended-program.ts'

let db: Database

beforeAll(() => {
  db = openEmbedded()
})

afterAll(() => db.close())

async function record(
  program: () => PromiseLike<unknown>,
  options: RecorderOptions = {},
): Promise<Trace> {
  using recorder = new TraceRecorder(options)
  await program()
  return recorder.stop()
}

async function timelineFor(
  program: () => PromiseLike<unknown>,
  options: RecorderOptions = {},
): Promise<Timeline> {
  return timelineOf(await record(program, options))
}

/** A promise that the test settles. */
function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const promise = new Promise<void>((resolve) => (open = resolve))
  return { promise, open }
}

/** Comes with a later turn of the event loop. */
function answerLater(): PromiseLike<void> {
  const [sender, receiver] = oneshot<void>()
  setImmediate(() => sender.send())
  return receiver
}

const PROGRAM = { name: 'program' }

describe('an await', () => {
  it('of a read belongs to its async task, and to the run of the transaction it is in', async () => {
    const { tasks, runs, waits } = await timelineFor(() =>
      fdbSpawn(
        async () => {
          await Promise.resolve()
          await db.doTransaction(
            async (tn) => {
              await Promise.resolve()
              await tn.get('one')
              await Promise.all([tn.get('two'), tn.get('three')])
            },
            { name: 'three reads' },
          )
        },
        { name: 'reader' },
      ),
    )
    const reader = tasks.find(({ name }) => name === 'reader')?.taskId
    const run = runs.find(({ name }) => name === 'three reads')
    expect(run).toMatchObject({ taskId: reader, outcome: 'committed' })
    const ofTask = waits.filter(({ taskId }) => taskId === reader)
    expect(ofTask.map(({ what }) => what)).toEqual([
      "get 'one' in three reads",
      "get 'two' in three reads",
      "get 'three' in three reads",
      'commit in three reads',
    ])
    expect(ofTask.every((wait) => wait.runId === run?.runId && wait.end !== undefined)).toBe(true)
  })

  it('finds its owner whatever awaits are nested, and tasks side by side never take each other’s', async () => {
    const step = fc.constantFrom('get', 'answer', 'turn', 'nested', 'parallel')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 5 }),
        async (plans) => {
          const names = plans.map((_, index) => `task ${index}`)
          const { tasks, waits } = await timelineFor(() =>
            Promise.all(
              plans.map((steps, index) =>
                fdbSpawn(
                  async () => {
                    await db.doTransaction(async (tn) => {
                      const take = async (what: string, depth: number): Promise<void> => {
                        if (what === 'answer') await answerLater()
                        else if (what === 'turn') await new Promise((done) => setImmediate(done))
                        else if (what === 'nested') await take('get', depth + 1)
                        else if (what === 'parallel') {
                          await Promise.all([take('get', depth), take('answer', depth)])
                        } else await tn.get(`${index}`)
                      }
                      for (const what of steps) await take(what, 0)
                    }, PROGRAM)
                  },
                  { name: names[index] as string },
                ),
              ),
            ),
          )
          plans.forEach((steps, index) => {
            const mine = tasks.find(({ name }) => name === names[index])?.taskId
            const count = (part: string): number =>
              waits.filter(({ taskId, what }) => taskId === mine && what === part).length
            const among = (...kinds: string[]): number =>
              steps.filter((what) => kinds.includes(what)).length
            expect(count(`get '${index}' in program`)).toBe(among('get', 'nested', 'parallel'))
            expect(count('a oneshot in program')).toBe(among('answer', 'parallel'))
          })
        },
      ),
      { numRuns: 30 },
    )
  })

  it('of a channel, a sleep and a task says so', async () => {
    const { tasks, waits } = await timelineFor(async () => {
      const [sender, receiver] = bounded<number>(1)
      const other = fdbSpawn(
        async () => {
          await answerLater()
          await sender.send(1)
        },
        { name: 'other' },
      )
      const waiter = fdbSpawn(
        async () => {
          await receiver.next()
          await answerLater()
          await other
        },
        { name: 'waiter' },
      )
      await waiter
      sender.drop()
    })
    const nameOf = (id: number): string => tasks.find(({ taskId }) => taskId === id)?.name ?? ''
    const told = waits.filter(({ what }) => what !== 'a promise')
    const ofWaiter = told.filter(({ taskId }) => nameOf(taskId) === 'waiter')
    expect(ofWaiter.map(({ what }) => what)).toEqual(['a channel', 'a oneshot'])
    const ofMain = told.filter(({ taskId }) => taskId === 0)
    expect(ofMain.map(({ what }) => what)).toEqual([expect.stringMatching(/^task \d+ \(waiter\)$/)])
  })

  it('of a sleep is as long as that, by the clock of its task', async () => {
    const { waits } = await timelineFor(async () => {
      const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 1 }) })
      await runtime.run(async () => {
        await sleep(5)
        await Promise.resolve()
        await sleep(7)
      })
      runtime.dispose()
    })
    const sleeps = waits.filter(({ what }) => what === 'a sleep')
    expect(sleeps.map(({ begin, end }) => [begin, end])).toEqual([
      [0, 5],
      [5, 12],
    ])
  })

  it('carries its owner only while somebody listens', () => {
    const program = join(import.meta.dirname, 'owner-program.mjs')
    // A process of its own: here the suite's leak check listens.
    const { stdout, stderr } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ before: false, meanwhile: true, afterwards: false })
  })
})

describe('a run', () => {
  it('has its name from the option, its function, or what it does and where', async () => {
    const { runs } = await timelineFor(async () => {
      await db.doTransaction(async () => undefined, { name: 'by option' })
      await db.doTransaction(async function byFunction() {})
      await db.set('a', 'b')
      await db.get('a')
      await db.doTransaction(async (tn) => {
        await tn.get('a')
        tn.set('b', 'c')
      })
    })
    const at = /at run-traces\.test\.ts:\d+$/
    expect(runs.map(({ name }) => name.replace(at, 'at here'))).toEqual([
      'by option',
      'byFunction',
      'set at here',
      'get at here',
      'transaction at here',
    ])
    await expect(db.doTransaction(async () => 1, { name: 5 as never })).rejects.toThrow(
      'name of a transaction is a string',
    )
  })

  it('of contended transactions tells each attempt, its calls, and what it conflicted with', async () => {
    const timeline = await timelineFor(
      () => contendedProgram(db.withKeyEncoding(encoders.tuple), 10),
      {
        conflicts: true,
      },
    )
    const { runs } = timeline
    expect(runs).toHaveLength(10)
    const attempts = runs.flatMap((run) => run.attempts)
    expect(attempts.length).toBeGreaterThan(10)
    for (const run of runs) {
      expect(run).toMatchObject({ name: 'increment', outcome: 'committed', error: undefined })
      run.attempts.forEach((attempt, index) => {
        const isLast = index === run.attempts.length - 1
        expect(attempt.number).toBe(index + 1)
        expect(attempt.writes).toMatchObject([{ operation: 'set', key: "('count', 1)" }])
        expect(attempt.outcome).toBe(isLast ? 'committed' : 'failed')
        expect(attempt.error).toBe(isLast ? undefined : 'not_committed (1020)')
        expect(attempt.conflicts).toEqual(isLast ? [] : ["('count', 1)"])
        const calls = run.operations.filter((call) => call.attempt === attempt.number)
        const names = calls.map(({ operation, key }) => [operation, key])
        expect(names.slice(0, 2)).toEqual([
          ['get', "('count', 1)"],
          ['commit', undefined],
        ])
        expect(names.slice(2)).toEqual(isLast ? [] : [['onError', undefined]])
        expect(calls.every((call) => call.end !== undefined)).toBe(true)
      })
    }
    const { conflicts, retries, leaks } = findingsOf(timeline)
    const failed = attempts.filter((attempt) => attempt.outcome === 'failed').length
    expect(conflicts).toEqual([
      { what: "('count', 1)", times: failed, runs: ['increment'], runId: expect.any(Number) },
    ])
    expect(retries).toMatchObject([
      { name: 'increment', error: 'not_committed (1020)', times: failed, gaveUp: 0 },
    ])
    expect(leaks).toEqual([])
  })

  it('says of a conflict that its keys are not known, where the option is off', async () => {
    const timeline = await timelineFor(() =>
      contendedProgram(db.withKeyEncoding(encoders.tuple), 3),
    )
    const { conflicts } = findingsOf(timeline)
    expect(conflicts).toMatchObject([{ what: expect.stringContaining('not reported') }])
  })

  it('that fails says why, in its attempt and at its end', async () => {
    const { runs } = await timelineFor(async () => {
      await expect(
        db.doTransaction(async () => {
          throw new RangeError('of its own')
        }),
      ).rejects.toThrow('of its own')
    })
    const error = 'RangeError: of its own'
    expect(runs).toMatchObject([
      { outcome: 'failed', error, attempts: [{ outcome: 'failed', error }] },
    ])
  })

  it('that was under way, and calls that nobody answered, are among what leaked', async () => {
    const { promise, open } = gate()
    using recorder = new TraceRecorder()
    const running = db.doTransaction(
      async (tn) => {
        void tn.get('never asked')
        await promise
      },
      { name: 'stuck' },
    )
    await db.get('another')
    const { leaks } = findingsOf(timelineOf(recorder.stop()))
    expect(leaks.map(({ kind, name }) => [kind, name])).toEqual([
      ['run', 'stuck'],
      ['call', "get 'never asked'"],
    ])
    open()
    await running
  })
})

describe('keys', () => {
  it('are shown by the encoding and the directory of their scope', async () => {
    const users = db
      .at(await directory.createOrOpen(db, ['app', 'users']))
      .withKeyEncoding(encoders.tuple)
    const { runs } = await timelineFor(async () => {
      await users.doTransaction(async (tn) => {
        await tn.get(['ada', 1])
        await tn.getRangeAll(['ada'])
        await tn.at(db.at('plain/')).get('x')
        await tn.at(db.at('numbers/', encoders.int32BE)).get(7)
      })
    })
    const keys = runs.flatMap((run) => run.operations).map(({ key }) => key)
    expect(keys.slice(0, 4)).toEqual([
      "/app/users ('ada', 1)",
      "/app/users ('ada') …",
      "'plain/x'",
      "'numbers/' 7",
    ])
  })

  it('of every byte are shown as printable text, cut unless asked, and left out on request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        fc.pre(bytes[0] !== 0xff)
        for (const scope of [db, db.withKeyEncoding(encoders.tuple).at([])]) {
          const read = (): Promise<unknown> => scope.get(scope === db ? bytes : ([bytes] as never))
          for (const keys of ['short', 'whole', 'none'] as const) {
            const { events } = await record(read, { keys })
            const found = events.flatMap(({ key }) => (key === undefined ? [] : [key]))
            if (keys === 'none') expect(found).toEqual([])
            else expect(found).toHaveLength(1)
            for (const text of found) expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
            if (keys === 'short')
              for (const text of found) expect([...text].length).toBeLessThan(61)
          }
        }
      }),
      { numRuns: 30 },
    )
    expect(() => new TraceRecorder({ keys: 'all' as never })).toThrow(/keys must be one of/)
  })
})
