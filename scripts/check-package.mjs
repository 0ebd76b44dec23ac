// node scripts/check-package.mjs: packs the packages, looks at what was packed, and installs them into an empty folder on
// a PATH that has Node, npm and a shell, and no compiler. There every entry is loaded with import and with require,
// programs are checked against the types, and what a newcomer does first is done: the README's program, a test, a
// simulation. Then the same program in bundles, and without the prebuilt parts.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetupError } from './lib/compiler.mjs'
import { glibcOrder } from './lib/glibc.mjs'
import { withLock } from './lib/lock.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { packAll } from './lib/packages.mjs'
import { NEWEST_GLIBC, ownPlatform } from './lib/platforms.mjs'
import { setUp } from './lib/setup.mjs'
import { checkBundles } from './package-check/bundles.mjs'
import { checkLoading, checkTypes, entriesOf, lintPackage } from './package-check/entries.mjs'
import { checkFirstSteps } from './package-check/first-steps.mjs'
import { checkContents, install } from './package-check/installed.mjs'
import { checkManagers } from './package-check/managers.mjs'
import { checkRuntimes } from './package-check/runtimes.mjs'
import { checkWithoutParts } from './package-check/without-parts.mjs'

/** Parts for others are built on Debian 12, whose glibc is 2.36; those of a newer system are for that system alone. */
function glibcLimit() {
  const own = process.report.getReport().header.glibcVersionRuntime
  if (own === undefined || glibcOrder(own) <= glibcOrder('2.36')) return NEWEST_GLIBC
  console.log(
    `-- the parts are for glibc ${own} here: that they do with ${NEWEST_GLIBC} is not checked`,
  )
  return own
}

async function packed() {
  const platform = ownPlatform()
  if (platform === undefined) throw new SetupError('there is no prebuilt package for this machine')
  const options = { glibc: glibcLimit(), log: logToStderr }
  const all = await withLock(() => packAll([platform], options))
  for (const { name, files, packed: bytes, unpacked } of all) {
    console.log(`ok pack ${name}: ${files} files, ${bytes} bytes, ${unpacked} unpacked`)
  }
  return all.map(({ path }) => path)
}

await withClearErrors(async () => {
  await setUp({ log: logToStderr })
  const tarballs = await packed()
  lintPackage(tarballs[0])
  console.log('ok publint and attw')
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'fdbkit-package-')))
  const step = async (what, check) => {
    const said = await check()
    console.log(`ok ${what}${said === undefined ? '' : `: ${said}`}`)
  }
  try {
    const user = install(place, tarballs)
    await step('installed without a compiler', () => checkContents(user))
    const entries = entriesOf(user.manifest)
    await step('loading', () => checkLoading(user, entries))
    await step('types, for ESM and for CommonJS', () => checkTypes(user, entries))
    await step('first steps', () => checkFirstSteps(user))
    await step('bundles', () => checkBundles(user))
    // They fetch some 100 MB of programs.
    if (process.env.FDBKIT_LONG === '1') {
      await step('package managers', () => checkManagers(user, tarballs))
      await step('runtimes', () => checkRuntimes(user))
    }
    await step('without prebuilt parts', () => checkWithoutParts(user))
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
