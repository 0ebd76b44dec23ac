// The packages in the folder of somebody who has Node, npm and a shell, and nothing else.
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupError, findCompilers } from '../lib/compiler.mjs'
import { root } from '../lib/paths.mjs'

/** Runs a program; the error of one that fails has all that it printed. */
export function run({ folder, env }, command, ...args) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  if (error === undefined && status === 0) return stdout
  throw new SetupError(`${command} ${args.join(' ')} failed\n${error ?? ''}${stdout}${stderr}`)
}

/** As {@link run}, for one that must fail: what it wrote to standard error. */
export function fail({ folder, env }, command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) return stderr
  throw new SetupError(`${command} ${args.join(' ')} should have failed\n${stdout}${stderr}`)
}

export function expectEqual(what, actual, expected) {
  if (actual !== expected) throw new SetupError(`${what} printed ${JSON.stringify(actual)}`)
}

/** The tools that a machine has, each by a link: node, npm, npx and sh. */
function onlyNode(folder) {
  mkdirSync(folder)
  symlinkSync(process.execPath, join(folder, 'node'))
  symlinkSync('/bin/sh', join(folder, 'sh'))
  for (const name of ['npm', 'npx']) symlinkSync(realpathSync(found(name)), join(folder, name))
  return folder
}

function found(name) {
  const folders = process.env.PATH.split(':')
  const folder = folders.find((one) =>
    statSync(join(one, name), { throwIfNoEntry: false })?.isFile(),
  )
  if (folder === undefined) throw new SetupError(`there is no ${name} on the PATH`)
  return join(folder, name)
}

/** Versions of what the repository has, too. */
function versionOf(name) {
  const file = join(root, 'node_modules', name, 'package.json')
  return `${name}@${JSON.parse(readFileSync(file, 'utf8')).version}`
}

const TOOLS = ['vitest', 'typescript', '@types/node', 'vite'].map(versionOf)
const BUNDLERS = ['esbuild@0.28.2', 'webpack@5.113.0']

/** Installs the packages, and what a program is tested and bundled with. */
export function install(place, tarballs) {
  const folder = join(place, 'app')
  mkdirSync(folder)
  const env = {
    ...process.env,
    PATH: onlyNode(join(place, 'bin')),
    HOME: place,
    XDG_CACHE_HOME: join(place, 'cache'),
  }
  for (const name of ['CXX', 'CC', 'NODE_PATH', 'FDBKIT_NATIVE']) delete env[name]
  // The registry's files that npm has already are those of whoever runs this.
  env.npm_config_cache ??= spawnSync('npm', ['config', 'get', 'cache'], {
    encoding: 'utf8',
  }).stdout.trim()
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  const user = { folder, env }
  const flags = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  run(user, 'npm', ...flags, ...tarballs)
  const home = join(folder, 'node_modules', 'fdbkit')
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const bytes = sizeOf(join(folder, 'node_modules'))
  run(user, 'npm', ...flags, ...TOOLS, ...BUNDLERS)
  return { ...user, home, manifest, bytes, before: listing(home) }
}

/** What is in a folder, with sizes. */
export function listing(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => `${path} ${statSync(path).size}`)
    .sort()
}

function sizeOf(folder) {
  return listing(folder).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** No script runs at the installation, no compiler is there, and nothing names what is not in the package. */
export function checkContents({ folder, env, manifest, home, bytes, before }) {
  const own = process.env.PATH
  try {
    process.env.PATH = env.PATH
    findCompilers()
    throw new SetupError(`there is a compiler on ${env.PATH}`)
  } catch (error) {
    if (!(error instanceof SetupError) || !error.message.includes('no C++ compiler')) throw error
  } finally {
    process.env.PATH = own
  }
  if (manifest.scripts !== undefined) throw new SetupError('the published manifest has scripts')
  for (const field of ['repository', 'homepage', 'bugs']) {
    if (manifest[field] === undefined) throw new SetupError(`the manifest has no ${field}`)
  }
  const names = before.map((line) => line.slice(home.length + 1))
  const unneeded = names.filter((name) =>
    /\.(js|ts)\.map |\.ts\b(?<!\.d\.ts) |\.tsbuildinfo|\.o /.test(name),
  )
  if (unneeded.length > 0) throw new SetupError(`the package holds ${unneeded.join(', ')}`)
  checkLinks(join(home, 'README.md'))
  return `${(bytes / 1e6).toFixed(1)} MB in ${dirname(join(folder, 'node_modules', 'x'))}`
}

/** A page that comes along leads to what comes along, or to an address. */
function checkLinks(page) {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link)
  const inside = links.filter((link) => !/^(https?:|#)/.test(link))
  if (inside.length > 0) throw new SetupError(`${page} leads to ${inside.join(', ')}`)
}
