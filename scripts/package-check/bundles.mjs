// The README's program in bundles, started in another folder than they were made in, with its packages and without them.
import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../lib/compiler.mjs'
import { FIRST_OUTPUT, firstProgram } from './first-steps.mjs'
import { expectEqual, fail, run } from './installed.mjs'

const VITE = `
export default {
  logLevel: 'error',
  ssr: { noExternal: true, target: 'node' },
  build: { ssr: 'main.mjs', outDir: 'out/vite', target: 'es2022' },
}
`

/** webpack with the package taken in and left out, as CommonJS and as ESM. */
const WEBPACK = `
import webpack from 'webpack'

const common = { mode: 'none', target: 'node20', entry: './main.mjs' }
const to = (filename) => ({ path: process.cwd() + '/out', filename })
const module = { experiments: { outputModule: true } }
const outside = (kind) => ({ fdbkit: kind + ' fdbkit', koffi: kind + ' koffi' })
const configurations = [
  { ...common, output: to('webpack.cjs') },
  { ...common, ...module, output: { ...to('webpack.mjs'), module: true } },
  { ...common, output: to('webpack-external.cjs'), externals: outside('commonjs') },
  { ...common, ...module, output: { ...to('webpack-external.mjs'), module: true }, externals: outside('module') },
]
webpack(configurations, (error, stats) => {
  if (error) throw error
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString('errors-warnings'))
})
`

function bundle(user) {
  const { folder } = user
  const esbuild = (format, file) =>
    run(
      user,
      'npx',
      '--no-install',
      'esbuild',
      'main.mjs',
      '--bundle',
      '--platform=node',
      '--target=node20',
      '--log-level=error',
      `--format=${format}`,
      `--outfile=out/${file}`,
    )
  writeFileSync(join(folder, 'main.mjs'), inFunction(firstProgram()))
  esbuild('esm', 'esm.mjs')
  esbuild('cjs', 'cjs.cjs')
  writeFileSync(join(folder, 'vite.config.mjs'), VITE)
  run(user, 'npx', '--no-install', 'vite', 'build')
  writeFileSync(join(folder, 'webpack.mjs'), WEBPACK)
  run(user, 'node', 'webpack.mjs')
  const webpacked = ['webpack.mjs', 'webpack.cjs', 'webpack-external.mjs']
  // That one loads the package by `require`.
  if (process.features.require_module === true) webpacked.push('webpack-external.cjs')
  return ['esm.mjs', 'cjs.cjs', 'vite/main.js', ...webpacked]
}

export function checkBundles(user) {
  const { folder, env } = user
  const bundles = bundle(user)
  const elsewhere = join(folder, '..', 'elsewhere')
  mkdirSync(elsewhere)
  cpSync(join(folder, 'out'), elsewhere, { recursive: true })
  withPackagesIn(elsewhere, folder, () => {
    for (const file of bundles) {
      expectEqual(file, run({ folder: '/', env }, 'node', join(elsewhere, file)), FIRST_OUTPUT)
    }
  })
  const said = fail({ folder: elsewhere, env }, 'node', 'esm.mjs')
  if (!/fdbkit's native parts are missing: the package .* is not installed here/.test(said)) {
    throw new SetupError(`a bundle without its packages said ${said}`)
  }
  return `${bundles.join(', ')}, and one that left its packages behind`
}

/** A bundler may write down where the packages lay, so they are there no more. */
function withPackagesIn(place, folder, work) {
  const [here, there] = [join(folder, 'node_modules'), join(place, 'node_modules')]
  renameSync(here, there)
  try {
    work()
  } finally {
    renameSync(there, here)
  }
}

/** CommonJS has no `await` outside of functions. */
function inFunction(program) {
  const lines = program.split('\n')
  const isImport = (line) => line.startsWith('import ')
  const body = lines.filter((line) => !isImport(line)).join('\n')
  return `${lines.filter(isImport).join('\n')}\nasync function main() {\n${body}\n}\nvoid main()\n`
}
