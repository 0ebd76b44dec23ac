// What is read of a program: the newest glibc that it needs.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { glibcOrder, newestGlibc, requireGlibc } from '../../scripts/lib/glibc.mjs'
import { packageName, platforms } from '../../scripts/lib/platforms.mjs'
import { findHome, ringPathIn } from '../../src/native/library/native-home.ts'

const isGlibc = process.platform === 'linux'

describe('the glibc that a program needs', () => {
  test('is compared by numbers', () => {
    const sorted = ['2.2.5', '2.4', '2.14', '2.34', '2.36', '3.0']
    const shuffled = [...sorted].reverse()
    expect(shuffled.sort((a, b) => glibcOrder(a) - glibcOrder(b))).toEqual(sorted)
  })

  test.runIf(isGlibc)('is that of its newest symbol', () => {
    const ring = ringPathIn(findHome().folder)
    const newest = newestGlibc(ring)
    expect(newest).toMatch(/^2\.\d+(\.\d+)?$/)
    expect(requireGlibc(ring, newest)).toBe(newest)
    expect(() => requireGlibc(ring, '2.2')).toThrow(`needs glibc ${newest}`)
  })

  test.runIf(isGlibc)('of what is no program is refused', () => {
    expect(() => newestGlibc(join(import.meta.dirname, 'prebuilt.test.ts'))).toThrow(
      /glibc|readelf/,
    )
  })
})

test.each(platforms.map(({ name }) => name))('%s is known to who looks for it', (name) => {
  const given = { environment: {}, root: '/nowhere', places: [], platform: name }
  expect(() => findHome(given)).toThrow(`the package ${packageName({ name })} is not installed`)
})
