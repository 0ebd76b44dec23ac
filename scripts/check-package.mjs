// node scripts/check-package.mjs: packs the package, looks at what was packed, installs it into an empty
// folder as a user would, loads every entry there with import and with require, checks programs against its
// types, and runs the command line and the README's first program.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformSync } from '@swc/wasm-typescript'
import { SetupError } from './lib/compiler.mjs'
import { checkLoading, checkTypes, entriesOf, lintPackage, run } from './package-consumer.mjs'
import { root } from './lib/paths.mjs'
import { logToStderr, setUp, withClearErrors } from './lib/setup.mjs'

/** The first TypeScript program of the README, without its types, which Node 20 does not take. */
function firstProgram() {
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  if (program === undefined) throw new SetupError('README.md shows no program')
  return transformSync(program, { mode: 'strip-only' }).code
}

function expectEqual(what, actual, expected) {
  if (actual !== expected) throw new SetupError(`${what} printed ${JSON.stringify(actual)}`)
  console.log(`ok ${what}`)
}

function pack(folder) {
  const args = ['pack', '--ignore-scripts', '--pack-destination', folder, '--json']
  const [{ filename, unpackedSize, files }] = Object.values(JSON.parse(run(root, 'npm', ...args)))
  console.log(`ok pack: ${files.length} files, ${unpackedSize} bytes`)
  return join(folder, filename)
}

await withClearErrors(async () => {
  await setUp({ log: logToStderr })
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-package-'))
  try {
    const tarball = pack(folder)
    lintPackage(tarball)
    console.log('ok publint and attw')
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    run(folder, 'npm', 'install', '--no-audit', '--no-fund', tarball)
    // Newer versions of npm run no install script without being told; the command is for them.
    run(folder, 'npx', '--no-install', 'fdbkit', 'build')
    const entries = entriesOf(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
    console.log(`ok loading ${checkLoading(folder, entries)}`)
    checkTypes(folder, entries)
    console.log('ok types, for ESM and for CommonJS')
    const installed = join(folder, 'node_modules', 'fdbkit', 'build', 'engine')
    const path = run(folder, 'npx', '--no-install', 'fdbkit', 'engine-path')
    expectEqual('engine-path', path, `${installed}\n`)
    writeFileSync(join(folder, 'first.mjs'), firstProgram())
    expectEqual(
      "the README's program",
      run(folder, process.execPath, 'first.mjs'),
      '99 seats left\n',
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
