// The README's program in bundles, each in the folder where its packages are, and one without them.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
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

export function checkBundles(user) {
  const { folder, env } = user
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
  const bundles = ['esm.mjs', 'cjs.cjs', 'vite/main.js'].map((file) => join(folder, 'out', file))
  for (const bundle of bundles) {
    expectEqual(bundle, run({ folder: '/', env }, 'node', bundle), FIRST_OUTPUT)
  }
  const alone = join(folder, '..', 'alone')
  mkdirSync(alone)
  cpSync(bundles[0], join(alone, 'esm.mjs'))
  const said = fail({ folder: alone, env }, 'node', 'esm.mjs')
  if (!/fdbkit's native parts are missing: the package .* is not installed here/.test(said)) {
    throw new SetupError(`a bundle without its packages said ${said}`)
  }
  return 'esbuild as ESM and CommonJS, vite, and one that left its packages behind'
}

/** CommonJS has no `await` outside of functions. */
function inFunction(program) {
  const lines = program.split('\n')
  const isImport = (line) => line.startsWith('import ')
  const body = lines.filter((line) => !isImport(line)).join('\n')
  return `${lines.filter(isImport).join('\n')}\nasync function main() {\n${body}\n}\nvoid main()\n`
}
