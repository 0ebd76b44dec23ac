// The package under Bun and Deno, which npm carries: the client on the embedded engine, in the main thread and in a worker.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../lib/compiler.mjs'
import { expectEqual, fail, run } from './installed.mjs'

const cpu = { x64: 'x64', arm64: 'aarch64' }[process.arch]
const baseline = process.arch === 'x64' ? '-baseline' : ''
const libc = process.platform === 'linux' ? '-glibc' : ''

export const RUNTIMES = [
  {
    name: 'Bun',
    source: `@oven/bun-${process.platform}-${cpu}${baseline}@1.4.5`,
    program: 'bin/bun',
    args: ['run'],
  },
  {
    name: 'Deno',
    source: `@deno/${process.platform}-${process.arch}${libc}@2.9.6`,
    program: 'deno',
    args: ['run', '--allow-all'],
  },
]

const PROGRAM = `
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
import { openEmbedded } from 'fdbkit'

const db = openEmbedded({ name: 'shared' })
const add = (tn) => tn.get('count').then((count) => tn.set('count', String(Number(count ?? 0) + 1)))
if (isMainThread) {
  const watch = await db.doTransaction(async (tn) => tn.watch('count'))
  await Promise.all(Array.from({ length: 20 }, () => db.doTransaction(add)))
  await watch.promise
  const worker = new Worker(new URL(import.meta.url))
  const seen = await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  console.log(seen, String(await db.get('count')))
} else {
  await db.doTransaction(add)
  parentPort.postMessage(String(await db.get('count')))
  db.close()
}
// The main thread leaves its database open, and ends all the same.
`

function fetchProgram({ name, source, program }, folder) {
  mkdirSync(folder)
  const packed = spawnSync('npm', ['pack', '--silent', source], { cwd: folder, encoding: 'utf8' })
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (tarball === undefined) throw new SetupError(`npm has no ${name}: ${packed.stderr}`)
  spawnSync('tar', ['xzf', tarball], { cwd: folder })
  return join(folder, 'package', program)
}

export function checkRuntimes(user) {
  writeFileSync(join(user.folder, 'runtime.mjs'), PROGRAM)
  for (const runtime of RUNTIMES) {
    const program = fetchProgram(runtime, join(user.folder, '..', runtime.name))
    const { name, args } = runtime
    expectEqual(name, run(user, program, ...args, 'runtime.mjs'), '21 21\n')
    if (process.platform !== 'linux') continue
    const cli = join(user.home, 'dist', 'cli', 'main.js')
    const said = fail(user, program, ...args, cli, 'sim', 'counter.ts', '--embedded')
    if (!said.includes(`workloads run under Node, and this is ${name}`)) {
      throw new SetupError(`fdbkit sim under ${name} said ${said}`)
    }
  }
  return RUNTIMES.map(({ source }) => source).join(', ')
}
