// Whole processes: a run that nothing can wake says so, and who waits for what, before the process ends.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

const HEAD = `
import { Worker } from 'node:worker_threads'
import { openEmbedded } from '${join(packageRoot(), 'dist/index.js')}'
import * as task from '${join(packageRoot(), 'dist/task/index.js')}'
const { DeterministicEnvironment, oneshot, Runtime, sleep } = task
const [sender, receiver] = oneshot()
// One that nobody has any more is dropped when it is collected, and who waits is told.
globalThis.kept = sender
function* forever() { yield* receiver }
const virtual = () => new Runtime({ environment: new DeterministicEnvironment({ seed: 1 }) })
const said = (run) => run.then(
  (value) => console.log('ended', value),
  (error) => console.log(error.name, '|', error.message),
)
`

/** Runs a program after HEAD to the end of its process. */
function runProgram(program: string): Promise<Ended> {
  const args = ['--input-type=module', '-e', HEAD + program]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: HANG_LIMIT / 2 }, (error, output, errors) => {
      if (error?.killed === true) reject(new Error(`the process does not end: ${output}${errors}`))
      else resolve({ code: (error?.code as number | undefined) ?? 0, output, errors })
    })
  })
}

const DEADLOCK =
  /^DeadlockError \| nothing is left to run, and task \d+ \(main\) waits: .*\(main\) waits for a oneshot/

/** Each ends with 0, and prints one line a run. */
const PROGRAMS: Record<string, { readonly program: string; readonly says: readonly RegExp[] }> = {
  'by the clock of the host, a generator': {
    program: `await said(new Runtime().run(forever, { name: 'main' }))`,
    says: [DEADLOCK],
  },
  'an async function, and a queue that polls in place': {
    program: `await said(new Runtime({ waking: 'in place' }).run(async () => {
      await sleep(1)
      await receiver
    }, { name: 'main' }))`,
    says: [/^DeadlockError \| .*\(main\) waits for a promise.*\(await\) waits for a oneshot/],
  },
  'twelve at once: each is told, and none is one listener too many': {
    program: `const runs = Array.from({ length: 12 }, () => new Runtime().run(forever, { name: 'main' }))
      await Promise.all(runs.map(said))`,
    says: Array.from({ length: 12 }, () => DEADLOCK),
  },
  'whoever is told may go on, and the next is told as well': {
    program: `const runtime = new Runtime()
      await said(runtime.run(forever, { name: 'main' }))
      await said(runtime.run(function* () { yield* sleep(5); return 5 }))
      await said(runtime.run(forever, { name: 'main' }))`,
    says: [DEADLOCK, /^ended 5$/, DEADLOCK],
  },
  'who begins to wait in answer to that is told as well, though nothing is there to wait for': {
    program: `const runtime = new Runtime()
      for (let i = 0; i < 3; i++) await said(runtime.run(forever, { name: 'main' }))
      await said(runtime.run(function* () { return 5 }))
      await said(runtime.run(forever, { name: 'main' }))`,
    says: [DEADLOCK, DEADLOCK, DEADLOCK, /^ended 5$/, DEADLOCK],
  },
  'in virtual time, when nothing is under way': {
    program: `await said(virtual().run(forever, { name: 'main' }))`,
    says: [DEADLOCK],
  },
  'in virtual time, when all that is under way lets the process end': {
    program: `const db = openEmbedded()
      await said(virtual().run(async () => {
        const watch = await db.getAndWatch('key')
        const run = await receiver
        return [watch, run]
      }, { name: 'main' }))
      db.close()`,
    says: [/^DeadlockError \| .*\(await\) waits for a oneshot/],
  },
  'in virtual time, not before what the run began': {
    program: `await said(virtual().run(async () => {
        setTimeout(() => sender.send('sent'), 30)
        return await receiver
      }))`,
    says: [/^ended sent$/],
  },
  'in virtual time, though something else ends before what the run began': {
    program: `const other = setTimeout(() => undefined, 1e9)
      await said(virtual().run(async () => {
        setTimeout(() => {
          clearTimeout(other)
          setTimeout(() => sender.send('sent'), 300)
        }, 300)
        return await receiver
      }))`,
    says: [/^ended sent$/],
  },
  'in virtual time, though what the run began is in the place of something else at once': {
    program: `const other = setTimeout(() => undefined, 1e9)
      await said(virtual().run(async () => {
        setTimeout(() => {
          clearTimeout(other)
          setTimeout(() => sender.send('sent'), 300)
        }, 1)
        return await receiver
      }))`,
    says: [/^ended sent$/],
  },
  'in virtual time, though a connection of the run is in the place of another': {
    program: `const { createServer, connect } = await import('node:net')
      const server = createServer((socket) => socket.on('data', (data) => socket.end(data))).listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      const other = connect(server.address().port, '127.0.0.1')
      await new Promise((resolve) => other.once('connect', resolve))
      await said(virtual().run(async () => {
        const mine = connect(server.address().port, '127.0.0.1')
        mine.on('connect', () => {
          other.destroy()
          setTimeout(() => mine.write('sent'), 300).unref()
        })
        mine.on('data', (data) => sender.send(String(data)))
        return await receiver
      }))
      server.close()`,
    says: [/^ended sent$/],
  },
  'in virtual time, though something else goes on for ever': {
    program: `const other = setInterval(() => undefined, 1000)
      await said(virtual().run(forever, { name: 'main' }))
      clearInterval(other)`,
    says: [DEADLOCK],
  },
}

describe('a run that nothing can wake', () => {
  it.concurrent.each(Object.keys(PROGRAMS))('%s', async (name) => {
    const { program, says } = PROGRAMS[name]!
    const { code, output, errors } = await runProgram(program)
    const lines = output.trim().split('\n')
    expect(lines.length).toBe(says.length)
    for (const [index, line] of lines.entries()) expect(line).toMatch(says[index]!)
    expect(errors).toBe('')
    expect(code).toBe(0)
  })

  it('that nobody catches ends the process with 1, and its error says why', async () => {
    const uncaught = await runProgram(`void new Runtime().run(forever, { name: 'main' })`)
    expect(uncaught.code).toBe(1)
    expect(uncaught.errors).toMatch(/DeadlockError: nothing is left to run, and task 1 \(main\)/)
  })

  it('in a worker ends the worker', async () => {
    const worker = `
      import('${join(packageRoot(), 'dist/task/index.js')}').then(({ oneshot, Runtime }) => {
        const [sender, receiver] = oneshot()
        return new Runtime().run(function* main() { yield* receiver; sender.drop() })
      })`
    const { code, output } = await runProgram(`
      const worker = new Worker(${JSON.stringify(worker)}, { eval: true })
      worker.on('error', (error) => console.log(error.name, '|', error.message))
      worker.on('exit', (status) => console.log('exit', status))`)
    const [error, exit] = output.trim().split('\n')
    expect(error).toMatch(/^DeadlockError \| .*task 1 \(main\) waits for a oneshot/)
    expect([exit, code]).toEqual(['exit 1', 0])
  })
})
