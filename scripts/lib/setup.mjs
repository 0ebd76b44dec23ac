// All the set-up that a fresh clone needs, each part only when it is out of date.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { SetupError } from './compiler.mjs'
import { joinModules } from './join-modules.mjs'
import { withLock } from './lock.mjs'
import { buildNative } from './native-build.mjs'
import { buildFolder, filesBelow, root } from './paths.mjs'

const installStamp = join(root, 'node_modules', '.fdbkit-lock-hash')
const distStamp = join(buildFolder, 'dist.stamp')
const dist = join(root, 'dist')
/** What the compiler makes, one file a source. */
const modules = join(buildFolder, 'modules')

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function runOrFail(what, command, args) {
  // Standard output belongs to the command that the set-up runs for.
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  if (result.status === 0) return
  process.stderr.write(result.stdout ?? '')
  process.stderr.write(result.stderr ?? '')
  throw new SetupError(`${what} failed${result.error ? `: ${result.error.message}` : ''}`)
}

function installPackages(log) {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const hash = createHash('sha256').update(lock).digest('hex')
  if (readStamp(installStamp) === hash) return
  // `npm ci` starts from nothing; a folder that is only behind is brought up to the lock in place.
  const verb = existsSync(join(root, 'node_modules')) ? 'install' : 'ci'
  log(`installing packages (npm ${verb})`)
  const npm = process.env.npm_execpath
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  runOrFail(`npm ${verb}`, command, [...args, verb, '--ignore-scripts', '--no-audit', '--no-fund'])
  writeFileSync(installStamp, hash)
}

function fingerprint(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const { mtimeMs, size } = statSync(file)
    hash.update(`${relative(root, file)} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex')
}

/** What was written for a source that is gone would otherwise stay importable; there are no maps any more. */
function removeOrphans(sources) {
  const kept = new Set(sources.map((source) => relative(join(root, 'src'), source)))
  for (const folder of [modules, dist]) {
    for (const built of filesBelow(folder, ['.js', '.d.ts', '.js.map'])) {
      const source = relative(folder, built).replace(/(\.d\.ts|\.js)$/, '.ts')
      const isJoined = source.startsWith('joined')
      if (!kept.has(source) && !isJoined) rmSync(built)
    }
  }
}

async function buildTypeScript(log) {
  const sources = filesBelow(join(root, 'src'), ['.ts'])
  const configs = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json']
  configs.push('scripts/lib/join-modules.mjs')
  const print = fingerprint([...sources, ...configs.map((file) => join(root, file))])
  if (readStamp(distStamp) === print) return
  log('building TypeScript')
  mkdirSync(buildFolder, { recursive: true })
  removeOrphans(sources)
  if (!existsSync(dist) || !existsSync(modules)) {
    rmSync(join(buildFolder, 'dist.tsbuildinfo'), { force: true })
  }
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  runOrFail('the TypeScript build', process.execPath, [tsc, '-p', 'tsconfig.build.json'])
  await joinModules(modules, dist)
  writeFileSync(distStamp, print)
}

export async function setUp({ groups = [], werror, log }) {
  await withLock(async () => {
    installPackages(log)
    await buildNative({ groups, werror, log })
    await buildTypeScript(log)
  })
}
