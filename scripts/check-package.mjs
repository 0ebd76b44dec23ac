// node scripts/check-package.mjs: packs the package, installs it into an empty folder as a user would, and
// runs the command line and the README's first program there.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetupError } from './lib/compiler.mjs'
import { root } from './lib/paths.mjs'
import { logToStderr, setUp, withClearErrors } from './lib/setup.mjs'

function run(cwd, command, ...args) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (error === undefined && status === 0) return stdout
  throw new SetupError(`${command} ${args.join(' ')} failed\n${error ?? ''}${stdout}${stderr}`)
}

/** The first TypeScript program of the README; it has no types in it, so Node runs it as it is. */
function firstProgram() {
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  if (program === undefined) throw new SetupError('README.md shows no program')
  return program
}

function expectEqual(what, actual, expected) {
  if (actual !== expected) throw new SetupError(`${what} printed ${JSON.stringify(actual)}`)
  console.log(`ok ${what}`)
}

await withClearErrors(async () => {
  await setUp({ log: logToStderr })
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-package-'))
  try {
    const packed = run(
      root,
      'npm',
      'pack',
      '--ignore-scripts',
      '--pack-destination',
      folder,
      '--json',
    )
    const [{ filename, unpackedSize, files }] = Object.values(JSON.parse(packed))
    console.log(`ok pack: ${files.length} files, ${unpackedSize} bytes`)
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    run(folder, 'npm', 'install', '--no-audit', '--no-fund', join(folder, filename))
    // Newer versions of npm run no install script without being told; the command is for them.
    run(folder, 'npx', '--no-install', 'fdbkit', 'build')
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
