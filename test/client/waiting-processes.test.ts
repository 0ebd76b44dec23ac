// What somebody awaits keeps the process alive until it settles, and what nobody awaits does not: whole programs, as
// modules, as scripts and in worker threads.
import { describe, expect, test } from 'vitest'
import { FORMS, runProgram, type Ended, type Form } from '../support/processes/run-program.ts'

/** What ends a wait comes from a timer that does not keep the process: only the wait can. */
const PRELUDE = `
import { open } from 'fdbkit'
import { open as openCompat } from 'fdbkit/compat'
import { bounded, byRef, choose, fdbSpawn, sleep, timeout, when } from 'fdbkit/task'
import { LeaderElection, Lock, Topic } from 'fdbkit/recipes'
const db = open().at('waiting/' + process.pid + '/' + performance.timeOrigin + '/')
const later = (action) => void setTimeout(action, 30).unref()
const change = () => later(() => db.set('k', String(Math.random())))
`

type Program = [what: string, source: string, printed: string]

/** They end with what was awaited. */
const waiting: Program[] = [
  [
    'a watch',
    `const w = await db.getAndWatch('k'); change(); console.log(await w.promise)`,
    'true',
  ],
  [
    'a watch that was cancelled',
    `const w = await db.getAndWatch('k'); w.cancel(); console.log(await w.promise)`,
    'false',
  ],
  [
    'a watch that is cancelled later',
    `const w = await db.getAndWatch('k'); later(() => w.cancel()); console.log(await w.promise)`,
    'false',
  ],
  [
    'a watch whose signal aborts',
    `const c = new AbortController()
    const w = await db.getAndWatch('k', { signal: c.signal }); later(() => c.abort()); console.log(await w.promise)`,
    'false',
  ],
  [
    'a watch that is handed on as a promise',
    `const w = await db.getAndWatch('k'); change()
    const promise = w.promise; await null; console.log(await Promise.race([promise, new Promise(() => {})]))`,
    'true',
  ],
  ['then', `const w = await db.getAndWatch('k'); change(); w.promise.then(console.log)`, 'true'],
  [
    'catch',
    `const w = await db.getAndWatch('k', { throwAllErrors: true }); later(() => w.cancel())
    w.promise.catch((error) => console.log(error.code))`,
    '1101',
  ],
  [
    'finally',
    `const w = await db.getAndWatch('k'); change(); w.promise.finally(() => console.log('over'))`,
    'over',
  ],
  [
    'a task that waits for a watch',
    `const w = await db.getAndWatch('k'); change()
    fdbSpawn(function* () { console.log(yield* w) })`,
    'true',
  ],
  [
    'a task that is joined',
    `const w = await db.getAndWatch('k'); change(); console.log(await fdbSpawn(w))`,
    'true',
  ],
  [
    'a task that is joined by a task',
    `const w = await db.getAndWatch('k'); change()
    const inner = fdbSpawn(function* () { return yield* byRef(w) })
    fdbSpawn(function* () { console.log(yield* inner) })`,
    'true',
  ],
  [
    'an arm of choose',
    `const w = await db.getAndWatch('k'); change()
    const other = await db.getAndWatch('other')
    console.log(await fdbSpawn(() => choose(when(byRef(other)), when(w))))`,
    'true',
  ],
  [
    'a wait with a time limit',
    `const w = await db.getAndWatch('k'); change(); console.log(await timeout(30000, w))`,
    'true',
  ],
  [
    'a channel that a task sends to',
    `const [sender, receiver] = bounded(1); const w = await db.getAndWatch('k'); change()
    fdbSpawn(function* () { yield* sender.send(yield* w) }); console.log(await receiver.recv())`,
    'true',
  ],
  ['a sleep', `await sleep(20); console.log('awake')`, 'awake'],
  [
    'a lock',
    `const held = await new Lock(db.at('lock/')).acquire(); later(() => held.release())
    const mine = await new Lock(db.at('lock/')).acquire(); console.log(mine.token); await mine.release()`,
    '2n',
  ],
  [
    'an election',
    `const first = await new LeaderElection(db.at('e/'), 'a').campaign(); later(() => first.release())
    const then = await new LeaderElection(db.at('e/'), 'b').campaign(); console.log(then.token); await then.release()`,
    '2n',
  ],
  [
    'a subscription',
    `const topic = new Topic(db.at('t/')); later(() => topic.publish('news'))
    for await (const { value } of topic.subscribe()) { console.log(String(value)); break }`,
    'news',
  ],
  [
    'a watch that is told to keep the process',
    `const w = await db.getAndWatch('k', { keepAlive: true })
    later(() => { console.log('cancelled'); w.cancel() })`,
    'cancelled',
  ],
  [
    'a watch of compat',
    `const other = openCompat().at('compat/' + process.pid + performance.timeOrigin)
    const w = await other.getAndWatch('k'); later(() => { console.log('cancelled'); w.cancel() })`,
    'cancelled',
  ],
]

/** They end although what they began is pending. */
const notWaiting: Program[] = [
  ['a watch', `await db.getAndWatch('k'); console.log('end')`, 'end'],
  [
    'a promise that was only asked for',
    `const w = await db.getAndWatch('k'); w.promise; console.log('end')`,
    'end',
  ],
  [
    'a wait that was given up',
    `const w = await db.getAndWatch('k')
    console.log(await fdbSpawn(() => choose(when(byRef(w)), when(sleep(1), () => 'end'))))`,
    'end',
  ],
  [
    'a task that was cancelled',
    `const w = await db.getAndWatch('k')
    const handle = fdbSpawn(function* () { yield* byRef(w) }).keep(); handle.cancel(); console.log('end')`,
    'end',
  ],
  [
    'a watch that never keeps it, although it has a then',
    `const w = await db.getAndWatch('k', { keepAlive: false })
    w.promise.then(console.log); console.log('end')`,
    'end',
  ],
  [
    'a watch of compat that never keeps it',
    `const other = openCompat().at('compat/' + process.pid)
    const w = await other.getAndWatch('k', { keepAlive: false }); w.promise.then(console.log); console.log('end')`,
    'end',
  ],
]

/** Node's own end of a module that awaits what nothing can settle. */
const CODES = { module: 13, script: 0, worker: 13 }

/** The kind of wait and the form of the program are independent, so by default few are tried in every form. */
const IN_ALL_FORMS = (process.env['FDBKIT_LONG'] ?? '') === '' ? 2 : Infinity

async function expectEnd([what, source, printed]: Program, all: readonly Program[]): Promise<void> {
  const index = all.findIndex((program) => program[0] === what)
  const forms = index < IN_ALL_FORMS ? FORMS : [FORMS[index % FORMS.length] as Form]
  for (const form of forms) {
    const ended: Ended = await runProgram(`${PRELUDE}\n${source}`, form)
    expect({ form, ...ended }).toEqual({ form, code: 0, stdout: `${printed}\n`, stderr: '' })
  }
}

describe('the process stays for', () => {
  test.each(waiting)('%s', async (...program) => {
    await expectEnd(program, waiting)
  })
})

describe('the process does not stay for', () => {
  test.each(notWaiting)('%s', async (...program) => {
    await expectEnd(program, notWaiting)
  })

  test('a channel that nothing can send to: Node ends it, as with a promise of the program', async () => {
    const source = `const [sender, receiver] = bounded(1); console.log(await receiver.recv()); sender.drop()`
    for (const form of FORMS) {
      const { code, stdout } = await runProgram(`${PRELUDE}\n${source}`, form)
      expect({ form, code, stdout }).toEqual({ form, code: CODES[form], stdout: '' })
    }
  })
})
