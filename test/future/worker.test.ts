// Workers, the event loop and the end of the process, each in a process of its own.
import { describe, expect, test } from 'vitest'
import { dist, runModule } from '../native/run-module.ts'
import { fakeLibraryPath } from './fake-client.ts'

/** Opens a transaction on the fake client. Its keys say how they complete. */
const opened = `
  const { startNetwork } = await import('${dist}/native/library/network.js')
  const { DatabaseHandle } = await import('${dist}/future/handles/database-handle.js')
  const { ringOfWorker } = await import('${dist}/future/ring/ring.js')
  startNetwork({ library: { path: '${fakeLibraryPath}', source: 'explicit' } })
  const transaction = DatabaseHandle.open().createTransaction()
  const get = (key) => transaction.get(Buffer.from(key))
`

const inWorker = (source: string): string => JSON.stringify(`(async () => { ${source} })()`)

const fakeCalls = `
  import koffi from 'koffi'
  const fake = koffi.load('${fakeLibraryPath}')
  const count = (name) => fake.func('int fake_' + name + '(void)')()
`

describe('the process', () => {
  test('exits by itself when nothing is pending', async () => {
    const { code, stdout } = await runModule(`${opened}
      console.log(String(await get('qv')))
    `)
    expect(stdout).toBe('qv\n')
    expect(code).toBe(0)
  })

  test('stays for what is awaited', async () => {
    const { code, stdout } = await runModule(`${fakeCalls} ${opened}
      get('hv').then((value) => console.log(String(value)))
      // Nothing but the pending get keeps the process.
      setTimeout(() => count('release_held'), 50).unref()
    `)
    expect(stdout).toBe('hv\n')
    expect(code).toBe(0)
  })

  test('does not stay for watches, idle databases and futures that nobody waits for', async () => {
    const { code, stdout } = await runModule(`${opened}
      transaction.watch(Buffer.from('hwatch')).start()
      transaction.watch(Buffer.from('hlet go')).holdOpen(false).then(() => console.log('never'))
      get('hforgotten')
      get('hstarted').start()
      get('qv').then((value) => console.log(String(value)))
    `)
    expect(stdout).toBe('qv\n')
    expect(code).toBe(0)
  })

  test('stays for a watch that was asked to hold it, until it is let go', async () => {
    const { code, stdout } = await runModule(`${fakeCalls} ${opened}
      const watch = transaction.watch(Buffer.from('hwatch')).holdOpen(true)
      watch.then(() => console.log('fired'))
      setTimeout(() => count('release_held'), 50).unref()
    `)
    expect(stdout).toBe('fired\n')
    expect(code).toBe(0)
    const let_go = await runModule(`${opened}
      const watch = transaction.watch(Buffer.from('hwatch')).holdOpen(true)
      watch.then(() => console.log('never'))
      setTimeout(() => watch.holdOpen(false), 10)
    `)
    expect(let_go).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('does not starve timers, however long the chain of operations', async () => {
    for (const way of ['q', 'i']) {
      const { code, stdout } = await runModule(`${opened}
        let over = false
        setTimeout(() => { over = true }, 20)
        while (!over) await get('${way}v')
        console.log('over')
      `)
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'over\n' })
    }
  })

  test('may exit with operations in flight', async () => {
    const { code, stderr } = await runModule(`${opened}
      for (let i = 0; i < 1000; i++) get(['q', 'o', 'h', 'i'][i % 4] + i).then(() => undefined)
      ringOfWorker().flush()
      process.exit(7)
    `)
    expect({ code, stderr }).toEqual({ code: 7, stderr: '' })
  })

  test('reports a rejection that nobody handles, and only that', async () => {
    const unhandled = await runModule(`${opened}
      get('qerr:1020').then((value) => value)
    `)
    expect(unhandled.code).toBe(1)
    expect(unhandled.stderr).toContain('not_committed')
    const unasked = await runModule(`${opened}
      get('qerr:1020')
      await get('qv')
    `)
    expect(unasked.code).toBe(0)
  })
})

describe('workers', () => {
  test('have a ring each', async () => {
    const { code, stdout, stderr } = await runModule(`
      import { Worker } from 'node:worker_threads'
      const source = ${inWorker(`${opened}
        for (let round = 0; round < 50; round++) {
          const keys = Array.from({ length: 100 }, (_, i) => 'qoi'[i % 3] + round + ':' + i)
          const values = await Promise.all(keys.map(get))
          if (values.map(String).join() !== keys.join()) throw new Error('mixed up')
        };
        (await import('node:worker_threads')).parentPort.postMessage(ringOfWorker().liveSlots)
      `)}
      for (let i = 0; i < 4; i++) new Worker(source, { eval: true }).on('message', console.log)
    `)
    expect(stderr).toBe('')
    expect(stdout).toBe('0\n0\n0\n0\n')
    expect(code).toBe(0)
  })

  test('that are terminated with operations in flight leave the process healthy', async () => {
    const { code, stdout, stderr } = await runModule(`${fakeCalls}
      import { once } from 'node:events'
      import { Worker } from 'node:worker_threads'
      ${opened}
      const source = ${inWorker(`${opened}
        for (let i = 0; i < 300; i++) get('qohi'[i % 4] + i).then(() => undefined)
        get('hnever asked about')
        ringOfWorker().flush();
        (await import('node:worker_threads')).parentPort.postMessage('in flight')
        for (;;) await get('qmore')
      `)}
      for (let i = 0; i < 10; i++) {
        const worker = new Worker(source, { eval: true })
        await once(worker, 'message')
        await worker.terminate()
        if (String(await get('q' + i)) !== 'q' + i) throw new Error('unhealthy')
      }
      // Each get gives the slot of the one before back.
      while (count('futures_alive') > 0) {
        await get('qv')
        ringOfWorker().flush()
      }
      console.log(count('transactions_alive'), count('databases_alive'), count('mistakes'))
    `)
    expect(stderr).toBe('')
    // The main thread's own transaction and database are left.
    expect(stdout).toBe('1 1 0\n')
    expect(code).toBe(0)
  })

  test('that end with operations in flight end silently: nobody is called any more', async () => {
    const source = (end: string): string =>
      inWorker(`${opened}
        const { writeSync } = await import('node:fs')
        const say = (what) => writeSync(1, what)
        const watch = (key) => transaction.watch(Buffer.from(key)).holdOpen(false)
        watch('hwatch').then(() => say('fired'), () => say('failed'))
        void (async () => { await watch('hother') })()
        ${end}
      `)
    const { code, stdout, stderr } = await runModule(`
      import { once } from 'node:events'
      import { Worker } from 'node:worker_threads'
      for (const source of [${source('')}, ${source("get('hv').then(() => {}); process.exit(0)")}]) {
        console.log(await once(new Worker(source, { eval: true }), 'exit'))
      }
    `)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[ 0 ]\n[ 0 ]\n', stderr: '' })
  })

  test('may be the only ones that use the network', async () => {
    const { code, stdout, stderr } = await runModule(`
      import { Worker } from 'node:worker_threads'
      const source = ${inWorker(`${opened}
        console.log(String(await get('qv')))
        get('hpending').then(() => undefined)
        process.exit(0)
      `)}
      new Worker(source, { eval: true }).on('exit', () => new Worker(source, { eval: true }))
    `)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'qv\nqv\n', stderr: '' })
  })
})
