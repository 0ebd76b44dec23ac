// node scripts/bench.mjs [NAME] [ARGS]: runs bench/NAME.ts, bench/main.ts unless named, on the built package.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './lib/compiler.mjs'
import { root } from './lib/paths.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'
import { transpile } from './lib/transpile.mjs'

/** What of the native parts is built for a benchmark alone, or for tests. */
const GROUPS = { main: ['bench'], seeds: ['test'] }

await withClearErrors(async () => {
  const [first = 'main', ...rest] = process.argv.slice(2)
  const [name, args] = first.startsWith('-') ? ['main', [first, ...rest]] : [first, rest]
  if (!existsSync(join(root, 'bench', `${name}.ts`)))
    throw new SetupError(`there is no bench/${name}.ts`)
  await setUp({ log: logToStderr, groups: GROUPS[name] ?? [] })
  const folder = join(await transpile('bench'), 'bench')
  process.exitCode =
    spawnSync(process.execPath, [join(folder, `${name}.js`), ...args], { stdio: 'inherit' })
      .status ?? 1
})
