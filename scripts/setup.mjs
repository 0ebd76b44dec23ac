// node scripts/setup.mjs [test] [bench]: all the set-up of a checkout, and nothing else.
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'

await withClearErrors(() => setUp({ groups: process.argv.slice(2), log: logToStderr }))
