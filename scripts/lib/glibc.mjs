// Which glibc a program or library needs, from the versions of the symbols that it takes from there.
import { spawnSync } from 'node:child_process'
import { SetupError } from './compiler.mjs'

/** `2.34` as a number that compares. */
export function glibcOrder(version) {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return major * 1e6 + minor * 1e3 + patch
}

/** The newest of them, as `2.34`. The file may be of another processor. */
export function newestGlibc(file) {
  const { error, status, stdout, stderr } = spawnSync('readelf', ['--version-info', '-W', file], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 1 << 28,
  })
  if (error !== undefined || status !== 0) {
    throw new SetupError(`readelf cannot read ${file}: ${error?.message ?? stderr.trim()}`)
  }
  const versions = [...stdout.matchAll(/\bName: GLIBC_(\d[\d.]*)/g)].map(([, version]) => version)
  versions.sort((a, b) => glibcOrder(a) - glibcOrder(b))
  const newest = versions.at(-1)
  if (newest === undefined) throw new SetupError(`${file} takes nothing from glibc`)
  return newest
}

/** Refuses a file that does not run with a glibc. */
export function requireGlibc(file, limit) {
  const newest = newestGlibc(file)
  if (glibcOrder(newest) <= glibcOrder(limit)) return newest
  throw new SetupError(
    `${file} needs glibc ${newest}, and a prebuilt one must do with ${limit}: build it on Debian 12, as ` +
      '.github/workflows/release.yml does',
  )
}
