// node scripts/setup.mjs [test] [bench]: all the set-up of a checkout, and nothing else.
import { logToStderr, setUp, withClearErrors } from './lib/setup.mjs'

await withClearErrors(() => setUp({ groups: process.argv.slice(2), log: logToStderr }))
