// A cluster that is down holds no process that has closed its database, or stopped its network: each in a process of its own.
import { describe, expect, test } from 'vitest'
import { dist, runModule } from '../native/run-module.ts'
import { fakeLibraryPath } from './fake-client.ts'

/** A database of a cluster that answers nothing; what waits says how it was told. */
const opened = `
  const { startNetwork } = await import('${dist}/native/library/network.js')
  const { DatabaseHandle } = await import('${dist}/future/handles/database-handle.js')
  const { DatabaseContext } = await import('${dist}/client/connection/database-context.js')
  const { hostEnvironment, root, Database, stopNetwork } = await import('${dist}/index.js')
  const koffi = (await import('koffi')).default
  startNetwork({ library: { path: '${fakeLibraryPath}', source: 'explicit' } })
  koffi.load('${fakeLibraryPath}').func('int fake_be_silent(int)')(1)
  const db = new Database(new DatabaseContext(DatabaseHandle.open(), 740, hostEnvironment), root)
  const told = (what, promise) =>
    promise.then(
      (value) => console.log(what, value),
      (error) => console.log(what, error.code ?? error.name),
    )
  const tn = db.createTransaction()
  told('get', db.get('a'))
  told('set', db.set('a', 'b'))
  told('read', tn.get('a'))
  told('watch', tn.watch('a', { keepAlive: true }).promise)
  told('protocol', db.admin.getServerProtocol())
  const later = () => new Promise((resolve) => setTimeout(resolve, 20))
`

const lines = (stdout: string): string[] => stdout.trim().split('\n').sort()

const STATE_ERROR = 'FDBStateError'

describe('a process on a cluster that does not answer', () => {
  test('ends when its database is closed, and who waits is told', async () => {
    const { code, stdout, stderr } = await runModule(`${opened} await later(); db.close()`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(lines(stdout)).toEqual([
      `get ${STATE_ERROR}`,
      'protocol 1101',
      'read 1025',
      `set ${STATE_ERROR}`,
      'watch false',
    ])
  })

  test('ends when its network is stopped, and a second stop is refused', async () => {
    const { code, stdout, stderr } = await runModule(`${opened}
      await later()
      stopNetwork()
      try { stopNetwork() } catch (error) { console.log('stopped', error.message.includes('stopped')) }
      await later()
      db.close()
    `)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const all = ['get', 'protocol', 'read', 'set', 'watch'].map((what) => `${what} ${STATE_ERROR}`)
    expect(lines(stdout)).toEqual([...all, 'stopped true'].sort())
  })

  test('ends when another worker stops the network, and who waits is told', async () => {
    const stopping = JSON.stringify(
      `import('${dist}/client/connection/stop-network.js').then(({ stopNetwork }) => stopNetwork())`,
    )
    const { code, stdout, stderr } = await runModule(`${opened}
      import { Worker } from 'node:worker_threads'
      await later()
      new Worker(${stopping}, { eval: true })
    `)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(lines(stdout)).toHaveLength(5)
  })

  test('stays for what is awaited until then', async () => {
    const { code, stdout } = await runModule(`${opened}
      setTimeout(() => { console.log('closes'); db.close() }, 100).unref()
    `)
    expect(code).toBe(0)
    expect(lines(stdout)[0]).toBe('closes')
  })
})
