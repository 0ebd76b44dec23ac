// npm run differential: the comparison of the engine with a real cluster, on the built package.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'
import { transpile } from './lib/transpile.mjs'

await withClearErrors(async () => {
  await setUp({ groups: ['test'], log: logToStderr })
  const folder = await transpile('test/differential')
  const program = join(folder, 'test', 'differential', 'main.js')
  const args = [program, ...process.argv.slice(2)]
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
})
