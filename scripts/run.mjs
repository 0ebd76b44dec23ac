// node scripts/run.mjs ARGS: the set-up that is due, then `fdbkit ARGS` in this process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './lib/paths.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'

await withClearErrors(() => setUp({ log: logToStderr }))
const main = join(root, 'dist', 'cli', 'main.js')
process.argv[1] = main
await import(pathToFileURL(main).href)
