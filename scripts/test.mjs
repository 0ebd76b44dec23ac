// node scripts/test.mjs [VITEST ARGS]: the set-up that is due, then every suite.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './lib/paths.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'

await withClearErrors(() => setUp({ groups: ['test', 'bench'], log: logToStderr }))
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
