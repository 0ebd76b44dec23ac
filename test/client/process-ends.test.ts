// However a process ends while much is under way: by an exit, an exception, a rejection, a signal. It ends as Node ends it, with
// its code, and no crash, no hang and no word of ours. Whole programs, as modules, as scripts and in worker threads.
import { describe, expect, test } from 'vitest'
import { FORMS, runProgram, type Form } from '../support/processes/run-program.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

/** Calls, transactions and watches by the thousand, of which nobody knows how far they are. */
const PRELUDE = `
import { open } from 'fdbkit'
import { fdbSpawn } from 'fdbkit/task'
const db = open().at('ends/' + process.pid + '/' + performance.timeOrigin + '/')
const begin = () => {
  for (let i = 0; i < 1000; i++) {
    const key = 'k' + (i % 100)
    const calls = [db.get(key), db.set(key, 'v'), db.doTransaction(async (tn) => tn.set(key, await tn.get(key) ?? 'new'))]
    if (i % 10 === 0) calls.push(db.getAndWatch(key).then((watch) => watch.promise))
    for (const call of calls) call.catch(() => undefined)
  }
}
await db.set('k', 'v')
begin()
`

interface Ending {
  readonly source: string
  /** The exit code, or the signal. */
  readonly code: number | string
  readonly says?: string
  /** What must be in standard error, which else is empty. */
  readonly complains?: string
}

/** What keeps a process that begins its work anew. */
const AGAIN = `const again = () => setTimeout(() => { begin(); again() }, 1); again()`

const ENDINGS: Readonly<Record<string, Ending>> = {
  'process.exit': { source: `process.exit(3)`, code: 3 },
  'process.exit, a turn later': { source: `setImmediate(() => process.exit(3))`, code: 3 },
  'process.exit in the function of a transaction': {
    source: `await db.doTransaction(async (tn) => { await tn.get('k'); tn.set('k', 'w'); process.exit(3) })`,
    code: 3,
  },
  'process.exit behind a commit': { source: `await db.set('k', 'w'); process.exit(3)`, code: 3 },
  'process.exit in a task': {
    source: `await fdbSpawn(function* () { yield* db.createTransaction().get('k'); process.exit(3) })`,
    code: 3,
  },
  'process.exit when a watch is told': {
    source: `const watch = await db.getAndWatch('w'); watch.promise.then(() => process.exit(3))
      await db.set('w', 'x'); await new Promise(() => undefined)`,
    code: 3,
  },
  'an exception that nobody catches': {
    source: `${AGAIN}; setTimeout(() => { throw new Error('of the program') }, 5)`,
    code: 1,
    complains: 'Error: of the program',
  },
  'an exception out of the function of a transaction': {
    source: `${AGAIN}; await db.doTransaction(async (tn) => { await tn.get('k'); throw new Error('of the program') })`,
    code: 1,
    complains: 'Error: of the program',
  },
  'a rejection that nobody handles': {
    source: `${AGAIN}; void db.doTransaction(async (tn) => { await tn.get('k'); throw new Error('of the program') })`,
    code: 1,
    complains: 'Error: of the program',
  },
  SIGTERM: {
    source: `${AGAIN}; setTimeout(() => process.kill(process.pid, 'SIGTERM'), 5)`,
    code: 'SIGTERM',
  },
  SIGINT: {
    source: `${AGAIN}; setTimeout(() => process.kill(process.pid, 'SIGINT'), 5)`,
    code: 'SIGINT',
  },
  SIGHUP: {
    source: `${AGAIN}; setTimeout(() => process.kill(process.pid, 'SIGHUP'), 5)`,
    code: 'SIGHUP',
  },
  'an exit whose handler closes the database': {
    source: `process.on('exit', () => { db.close(); console.log('closed') }); process.exit(0)`,
    code: 0,
    says: 'closed\n',
  },
  'calls in the handler of its exit, which are refused in a line': {
    source: `process.on('exit', () => {
        try { open() } catch (error) { console.log(error.message) }
        db.get('k').then(() => console.log('told'), () => console.log('told'))
      })
      process.exit(0)`,
    code: 0,
    says: 'The network of this process was stopped, and the C API cannot start it again. Use a new process.\n',
  },
}

/** As for waits, the ending and the form of the program are independent: few are tried in every form. */
const IN_ALL_FORMS = (process.env['FDBKIT_LONG'] ?? '') === '' ? 3 : Infinity

describe('a process with thousands of calls under way ends by', () => {
  test.each(Object.keys(ENDINGS))('%s', { timeout: HANG_LIMIT }, async (name) => {
    const { source, code, says, complains = '' } = ENDINGS[name]!
    const index = Object.keys(ENDINGS).indexOf(name)
    const forms = index < IN_ALL_FORMS ? FORMS : [FORMS[index % FORMS.length] as Form]
    for (const form of forms) {
      const ended = await runProgram(`${PRELUDE}\n${source}`, form)
      expect({ form, code: ended.code }, ended.stderr).toEqual({ form, code })
      if (complains === '') expect(ended.stderr).toBe('')
      else expect(ended.stderr).toContain(complains)
      if (says !== undefined) expect(ended.stdout).toBe(says)
    }
  })
})
