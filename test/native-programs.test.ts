// The C and C++ tests: each source below native-callbacks/test is a program that ends with 0 when all is well,
// and prints the seed it drew when it is not.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const programs = readdirSync(join(root, 'native-callbacks', 'test'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((path) => /\.cc?$/.test(path))
  .map((path) => path.replace(/\.cc?$/, ''))
  .sort()

function run(program: string): Promise<{ status: number | string | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'build', 'test', program), { cwd: root })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ status: signal ?? code, output }))
  })
}

describe('native programs', () => {
  test.each(programs)(
    '%s',
    async (program) => {
      const { status, output } = await run(program)
      if (status !== 0) throw new Error(`build/test/${program} ended with ${status}\n${output}`)
      expect(status).toBe(0)
    },
    300_000,
  )
})
