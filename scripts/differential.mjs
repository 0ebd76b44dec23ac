// npm run differential: builds the comparison of the engine with a real cluster, and runs it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './lib/paths.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'

await withClearErrors(() => setUp({ groups: ['test'], log: logToStderr }))
const run = (...args) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const built = run(tsc, '-p', 'tsconfig.differential.json')
const program = join(root, 'build', 'differential', 'test', 'differential', 'main.js')
process.exit(built === 0 ? run(program, ...process.argv.slice(2)) : built)
