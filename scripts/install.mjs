// The install script of the published package: builds the engine and the ring from source.
import { logToStderr, withClearErrors } from './lib/setup.mjs'
import { buildNative } from './lib/native-build.mjs'

await withClearErrors(() => buildNative({ log: logToStderr }))
