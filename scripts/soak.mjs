// node scripts/soak.mjs ARGS: runs soak/main.ts on the built package. docs/soak.md says what it does.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'
import { transpile } from './lib/transpile.mjs'

await withClearErrors(async () => {
  await setUp({ log: logToStderr })
  const program = join(await transpile('soak', 'bench/harness'), 'soak', 'main.js')
  const args = ['--expose-gc', program, ...process.argv.slice(2)]
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
})
