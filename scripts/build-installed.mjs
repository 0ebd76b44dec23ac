// node scripts/build-installed.mjs FOLDER: builds the native parts of an installed package into a folder, for this
// machine. `fdbkit build` chooses the folder.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { installedFlavor } from './lib/build-flavors.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { buildFlavor } from './lib/native-build.mjs'
import { root } from './lib/paths.mjs'

/** What `src/native/library` knows the version of the parts by. */
function label(folder) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const text = JSON.stringify({ name: 'fdbkit-native-parts', version, private: true })
  writeFileSync(join(folder, 'package.json'), `${text}\n`)
}

await withClearErrors(async () => {
  const folder = resolve(process.argv[2] ?? join(root, 'build'))
  const flavor = installedFlavor(folder)
  try {
    mkdirSync(folder, { recursive: true })
    await buildFlavor(flavor, { log: logToStderr })
    label(folder)
    logToStderr(`the native parts are in ${folder}`)
  } finally {
    rmSync(flavor.objects, { recursive: true, force: true })
  }
})
