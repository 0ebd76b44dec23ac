// Copies of the package in one process tell each other by their version, which lies in the code: it is that of the package.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VERSION } from '../../src/native/values/version.ts'

test('the version in the code is that of package.json', () => {
  const file = join(import.meta.dirname, '..', '..', 'package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  expect(VERSION).toBe(version)
})
