// node scripts/pack.mjs [PLATFORM...]: packs fdbkit, and the native parts of the platforms, into build/packages. Without
// names: those of all platforms that this machine's compilers can build for.
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { SetupError } from './lib/compiler.mjs'
import { withLock } from './lib/lock.mjs'
import { packAll } from './lib/packages.mjs'
import { platforms, platformsBuiltHere } from './lib/platforms.mjs'
import { setUp } from './lib/setup.mjs'

function named(name) {
  const platform = platforms.find((one) => one.name === name)
  if (platform !== undefined) return platform
  const known = platforms.map((one) => one.name).join(', ')
  throw new SetupError(`${name} is no platform; there are ${known}`)
}

await withClearErrors(async () => {
  const names = process.argv.slice(2)
  const chosen = names.length === 0 ? platformsBuiltHere : names.map(named)
  await setUp({ log: logToStderr })
  const packed = await withLock(() => packAll(chosen, { log: logToStderr }))
  for (const { path, files, packed: bytes, unpacked } of packed) {
    console.log(`${path}: ${files} files, ${bytes} bytes, ${unpacked} unpacked`)
  }
})
