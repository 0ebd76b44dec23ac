// node scripts/try-package.mjs TARBALL...: installs packages that lie there into an empty folder, and does what a newcomer
// does first. For packages of this machine that another one has made.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { withClearErrors } from './lib/log.mjs'
import { checkFirstSteps } from './package-check/first-steps.mjs'
import { install } from './package-check/installed.mjs'

await withClearErrors(() => {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'fdbkit-package-')))
  try {
    const tarballs = process.argv.slice(2).map((path) => resolve(path))
    console.log(`ok ${checkFirstSteps(install(place, tarballs))}`)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
