/** The browser that pages are looked at with: a Debian package, which nothing here installs. */
import { existsSync } from 'node:fs'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** @param untested what is not tested without one: a line says so. */
export function findChromium(untested: string): string | undefined {
  const found = process.env['FDBKIT_CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path))
  if (found === undefined) {
    console.error(`fdbkit: no chromium here (apt-get install chromium): ${untested}`)
  }
  return found
}
