// The package more than once in a process: in two folders, in two workers, and imported anew by a development server.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineLibraryPath, packageRoot } from '../../src/native/library/engine-path.ts'
import { VERSION } from '../../src/native/values/version.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'
import { runModule } from './run-module.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-copies-'))
const here = packageRoot()
const twin = join(folder, 'twin')
const newer = join(folder, 'newer')
const ENTRIES = [
  'index',
  'compat/index',
  'recipes/index',
  'simulation/index',
  'task/index',
  'tracing/index',
]

function copyTo(place: string): void {
  mkdirSync(join(place, 'build'), { recursive: true })
  symlinkSync(join(here, 'node_modules'), join(place, 'node_modules'), 'dir')
  for (const part of ['package.json', 'dist', 'build/engine', 'build/ring']) {
    cpSync(join(here, part), join(place, part), { recursive: true })
  }
}

beforeAll(() => {
  copyTo(twin)
  copyTo(newer)
  const file = join(newer, 'dist', 'joined', 'core.js')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`"${VERSION}"`, '"99.0.0"'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs code that has the copies as `a` and `b`; what it returns comes back. */
async function withCopies(other: string, code: string): Promise<unknown> {
  const {
    stdout,
    stderr,
    code: exit,
  } = await runModule(`
    import { Worker } from 'node:worker_threads'
    const places = ${JSON.stringify([here, other])}
    const a = await import(places[0] + '/dist/index.js')
    const b = await import(places[1] + '/dist/index.js')
    const failure = async (work) => {
      try { await work() } catch (error) { return error.name + ': ' + error.message }
    }
    const inWorker = (place, code) => new Promise((resolve, reject) => {
      const source = \`
        Promise.all([import('\${place}/dist/index.js'), import('node:worker_threads')]).then(async ([fdbkit, { parentPort }]) => {
          parentPort.postMessage(await (\${code})(fdbkit))
        })\`
      const worker = new Worker(source, { eval: true })
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    console.log(JSON.stringify(await (async () => { ${code} })()))
  `)
  expect([exit, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as unknown
}

describe('two copies of one version', { timeout: HANG_LIMIT }, () => {
  test('every exported class knows the objects of the other copy', async () => {
    const unknown = await withCopies(
      twin,
      `const unknown = []
      for (const entry of ${JSON.stringify(ENTRIES)}) {
        const [one, other] = await Promise.all(places.map((place) => import(place + '/dist/' + entry + '.js')))
        for (const [name, kind] of Object.entries(one)) {
          if (typeof kind === 'symbol' && kind !== other[name]) unknown.push(name)
          if (typeof kind !== 'function' || !/^class/.test(kind)) continue
          if (kind === other[name]) throw new Error('there is one copy only')
          if (!(Object.create(kind.prototype) instanceof other[name])) unknown.push(name)
          if ({} instanceof other[name] || null instanceof other[name]) unknown.push(name + ' knows all')
        }
      }
      return unknown`,
    )
    expect(unknown).toEqual([])
  })

  test('share the network and the embedded databases that have a name', async () => {
    const seen = await withCopies(
      twin,
      `const [one, other] = [a.openEmbedded({ name: 'x' }), b.openEmbedded({ name: 'x' })]
      await one.set('k', 'of a')
      const [first, second] = [a.openEmbedded(), b.openEmbedded()]
      await first.set('k', 'of a')
      return [String(await other.get('k')), await second.exists('k'),
        a.networkInfo().library === b.networkInfo().library]`,
    )
    expect(seen).toEqual(['of a', false, true])
  })

  test.each([
    ['b before a', 'const [x, y] = [b, a]'],
    ['a before b', 'const [x, y] = [a, b]'],
  ])('take databases, transactions and errors of each other, %s', async (_order, order) => {
    const seen = await withCopies(
      twin,
      `${order}
      const db = x.openEmbedded()
      let attempts = 0
      await db.doTransaction(async () => { if (++attempts < 3) throw new y.FDBError(1020) })
      const users = await y.directory.createOrOpen(db, ['users'])
      await db.doTransaction((tn) => y.directory.createOrOpen(tn, ['users', 'old']))
      await db.at(users).set('ada', 'Ada')
      const error = await db.doTransaction(() => { throw new y.FDBError(2000) }).catch((e) => e)
      const recipes = await import(places[x === a ? 1 : 0] + '/dist/recipes/index.js')
      const queue = new recipes.Queue(db.at('queue/'))
      await queue.push('one')
      const task = await import(places[x === a ? 1 : 0] + '/dist/task/index.js')
      const read = await task.fdbSpawn(function* () {
        return String(yield* db.createTransaction().at(users).get('ada'))
      })
      return [attempts, await x.directory.listAll(db, ['users']), error instanceof x.FDBError,
        String(await queue.pop()), read]`,
    )
    expect(seen).toEqual([3, ['old'], true, 'one', 'Ada'])
  })

  test('in workers, whichever was first', async () => {
    const seen = await withCopies(
      twin,
      `const put = 'async (f) => { const db = f.openEmbedded({ name: "w" }); await db.set("k", "v"); return f.networkInfo().library }'
      const get = 'async (f) => String(await f.openEmbedded({ name: "w" }).get("k"))'
      const library = await inWorker(places[1], put)
      return [library.startsWith(places[1]), await inWorker(places[0], get), await inWorker(places[1], get),
        String(await a.openEmbedded({ name: 'w' }).get('k'))]`,
    )
    expect(seen).toEqual([true, 'v', 'v', 'v'])
  })
})

test('copies of two versions refuse each other in one line that names both', async () => {
  const seen = (await withCopies(
    newer,
    `const db = a.openEmbedded()
    return [
      await failure(() => b.openEmbedded()),
      await failure(() => b.directory.createOrOpen(db, ['users'])),
      new a.FDBError(1020) instanceof b.FDBError,
      db instanceof b.Database,
    ]`,
  )) as string[]
  expect(seen.slice(2)).toEqual([true, false])
  for (const message of seen.slice(0, 2)) {
    for (const part of [VERSION, here, '99.0.0', newer]) expect(message).toContain(part)
    expect(message).not.toContain('\n')
  }
})

test(
  'twenty imports anew share what there is once, and warn of nothing',
  { timeout: HANG_LIMIT },
  async () => {
    const { stdout, stderr } = await runModule(`
    import module from 'node:module'
    import { readdirSync } from 'node:fs'
    import { EventEmitter } from 'node:events'
    const versioned = \`(found, context) => {
      const query = /[?]v=\\\\d+$/.exec(context.parentURL ?? '')?.[0]
      return query && found.url.includes('/dist/') ? { ...found, url: found.url + query } : found
    }\`
    // Where there are hooks of this thread the others are deprecated.
    const ofThread = eval(versioned)
    const hook = 'export const resolve = async (name, context, next) =>' +
      '(' + versioned + ')(await next(name, context), context)'
    if (module.registerHooks === undefined) {
      module.register('data:text/javascript,' + encodeURIComponent(hook))
    } else {
      const resolve = (name, context, next) => ofThread(next(name, context), context)
      module.registerHooks({ resolve })
    }
    const warnings = []
    process.on('warning', (warning) => warnings.push(warning.message))
    const descriptors = []
    const classes = new Set()
    const values = []
    const counts = () => ['exit', 'beforeExit'].map((name) => process.listenerCount(name)).join()
    const listeners = []
    for (let i = 0; i < 20; i++) {
      const fdbkit = await import('${here}/dist/index.js?v=' + i)
      const { Runtime } = await import('${here}/dist/task/index.js?v=' + i)
      classes.add(fdbkit.Database)
      const db = fdbkit.openEmbedded({ name: 'kept' })
      values.push(String(await db.get('k')))
      await db.set('k', String(i))
      await new Runtime().run(async () => undefined)
      const watch = await db.getAndWatch('k')
      watch.cancel()
      descriptors.push(readdirSync('/proc/self/fd').length)
      listeners.push(counts())
    }
    await new Promise(setImmediate)
    console.log(JSON.stringify({ warnings, descriptors, listeners, values, classes: classes.size }))
    process.exit()
  `)
    expect(stderr).toBe('')
    const seen = JSON.parse(stdout) as Record<string, unknown[]>
    expect(seen['classes']).toBe(20)
    expect(seen['warnings']).toEqual([])
    expect(seen['values']).toEqual([
      'undefined',
      ...Array.from({ length: 19 }, (_, i) => String(i)),
    ])
    for (const counted of ['descriptors', 'listeners']) {
      expect(new Set(seen[counted]!.slice(1)).size, `${counted}: ${seen[counted]!.join(' ')}`).toBe(
        1,
      )
    }
  },
)

test('who else has the client library in use is told of, and not a code alone', async () => {
  const { stdout } = await runModule(`
    import koffi from '${here}/node_modules/koffi/index.js'
    import { openEmbedded } from '${here}/dist/index.js'
    const library = koffi.load('${engineLibraryPath()}')
    library.func('int fdb_select_api_version_impl(int, int)')(740, 740)
    try { openEmbedded() } catch (error) { console.log(error.name, error.message) }
  `)
  expect(stdout).toMatch(/^FDBStateError Somebody else in this process, .* `foundationdb` does/)
})
