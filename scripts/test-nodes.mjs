// node scripts/test-nodes.mjs [VERSION...] [-- VITEST ARGS]: the core of the suite on each Node that the package runs on. npm
// has their binaries; they are kept in build/nodes.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './lib/compiler.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { buildFolder, root } from './lib/paths.mjs'
import { setUp } from './lib/setup.mjs'

const VERSIONS = ['20', '22', '24', '26']
const CORE = ['test/future', 'test/client', 'test/native', 'test/layers', 'test/task']

function run(cwd, command, args) {
  const { error, status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (error === undefined && status === 0) return
  throw new SetupError(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
}

/** The folder of a `node` of that version. */
function nodeOf(version) {
  const folder = join(buildFolder, 'nodes', version)
  const bin = join(folder, 'bin')
  if (existsSync(join(bin, 'node'))) return bin
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(bin, { recursive: true })
  run(folder, 'npm', ['pack', '--silent', `node-${process.platform}-${process.arch}@${version}`])
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  run(folder, 'tar', ['xzf', tarball])
  rmSync(join(folder, tarball))
  symlinkSync(join(folder, 'package', 'bin', 'node'), join(bin, 'node'))
  return bin
}

function test(version, args) {
  const bin = nodeOf(version)
  const node = join(bin, 'node')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  console.log(`== Node ${spawnSync(node, ['-v'], { encoding: 'utf8' }).stdout.trim()}`)
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  const all = [vitest, 'run', '--project', 'engine', ...(args.length > 0 ? args : CORE)]
  return spawnSync(node, all, { cwd: root, env, stdio: 'inherit' }).status === 0
}

await withClearErrors(async () => {
  const given = process.argv.slice(2)
  const end = given.includes('--') ? given.indexOf('--') : given.length
  const versions = end === 0 ? VERSIONS : given.slice(0, end)
  await setUp({ groups: ['test', 'bench'], log: logToStderr })
  const failed = versions.filter((version) => !test(version, given.slice(end + 1)))
  if (failed.length > 0) throw new SetupError(`the suite fails on Node ${failed.join(', ')}`)
})
