// The package as other package managers lay it out: pnpm, which shows a package its own dependencies only, and Yarn, which keeps
// packages in archives (Plug'n'Play).
import { once } from 'node:events'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { SetupError } from '../lib/compiler.mjs'
import { platformManifest } from '../lib/packages.mjs'
import { ownPlatform, packageName, platforms } from '../lib/platforms.mjs'
import { FIRST_OUTPUT } from './first-steps.mjs'
import { expectEqual, run } from './installed.mjs'

// The last pnpm that is JavaScript; later ones are 65 MB.
const MANAGERS = ['@yarnpkg/cli-dist@4.18.1', 'pnpm@10.34.9']

const yarnSettings = (port) => `
nodeLinker: pnp
enableTelemetry: false
enableGlobalCache: false
unsafeHttpWhitelist: [localhost]
npmMinimalAgeGate: 0
npmScopes:
  fdbkit:
    npmRegistryServer: http://localhost:${port}
`

/** A project of its own, with the README's program. */
function project(user, name, tarball) {
  const folder = join(user.folder, '..', name)
  mkdirSync(folder)
  const manifest = {
    name,
    private: true,
    type: 'module',
    dependencies: { fdbkit: `file:${tarball}` },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  cpSync(join(user.folder, 'first.mjs'), join(folder, 'first.mjs'))
  // Neither is to go on from the folder above, nor to refuse to make its lock file.
  return { folder, env: { ...user.env, CI: '' } }
}

/** Runs the program and the command by `prefix`; the parts must lie below the project. */
function check({ folder, env }, name, prefix, command) {
  expectEqual(name, run({ folder, env }, ...prefix, 'first.mjs'), FIRST_OUTPUT)
  const parts = run({ folder, env }, ...command, 'engine-path').trim()
  if (!parts.startsWith(folder)) throw new SetupError(`${name} takes the engine from ${parts}`)
}

function checkPnpm(user, tools, tarball, port) {
  const one = project(user, 'pnpm', tarball)
  writeFileSync(join(one.folder, '.npmrc'), `@fdbkit:registry=http://localhost:${port}\n`)
  run(one, 'node', join(tools, 'pnpm', 'bin', 'pnpm.cjs'), 'install')
  // Not by its link in `.bin`, a script that needs sed.
  const cli = join(one.folder, 'node_modules', 'fdbkit', 'dist', 'cli', 'main.js')
  check(one, 'pnpm', ['node'], ['node', cli])
}

function checkYarn(user, tools, tarball, port) {
  const one = project(user, 'yarn', tarball)
  writeFileSync(join(one.folder, '.yarnrc.yml'), yarnSettings(port))
  writeFileSync(join(one.folder, 'yarn.lock'), '')
  const yarn = ['node', join(tools, '@yarnpkg', 'cli-dist', 'bin', 'yarn.js')]
  run(one, ...yarn, 'install')
  check(one, 'yarn', [...yarn, 'node'], [...yarn, 'fdbkit'])
}

/** The tarballs are those of fdbkit and of this machine's platform. */
export async function checkManagers(user, [tarball, prebuilt]) {
  const tools = join(user.folder, '..', 'tools')
  mkdirSync(tools)
  writeFileSync(join(tools, 'package.json'), '{ "private": true }')
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  run({ ...user, folder: tools }, 'npm', 'install', '--ignore-scripts', ...flags, ...MANAGERS)
  const own = packageName(ownPlatform())
  const packages = platforms.map(platformManifest).map((manifest) => ({
    manifest,
    tarball: manifest.name === own ? prebuilt : undefined,
  }))
  const registry = new Worker(new URL('registry.mjs', import.meta.url), {
    workerData: { packages },
  })
  try {
    const [port] = await once(registry, 'message')
    checkPnpm(user, join(tools, 'node_modules'), tarball, port)
    checkYarn(user, join(tools, 'node_modules'), tarball, port)
  } finally {
    await registry.terminate()
  }
  return MANAGERS.join(', ')
}
