// node scripts/build-native.mjs [test] [bench] [--werror] [--sanitize=address|thread]
// Builds the engine and the ring, and the programs of the groups that are named.
import { parseArgs } from 'node:util'
import { SetupError } from './lib/compiler.mjs'
import { buildNative } from './lib/native-build.mjs'
import { withLock } from './lib/lock.mjs'

try {
  const { values, positionals } = parseArgs({
    options: { werror: { type: 'boolean' }, sanitize: { type: 'string' } },
    allowPositionals: true,
  })
  if (values.sanitize !== undefined && !['address', 'thread'].includes(values.sanitize)) {
    throw new SetupError(`--sanitize is address or thread, not ${values.sanitize}`)
  }
  const log = (line) => console.error(`fdbkit: ${line}`)
  await withLock(() => buildNative({ groups: positionals, ...values, log }))
} catch (error) {
  if (!(error instanceof SetupError) && error?.code?.startsWith?.('ERR_PARSE_ARGS') !== true)
    throw error
  console.error(`fdbkit: ${error.message}`)
  process.exitCode = 1
}
