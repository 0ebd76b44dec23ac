/** The workload of the tour runs in simulation, and keeps what it promises. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { allExamples } from './examples.ts'

test('the workload of docs/guide.md passes on the embedded engine', () => {
  const found = allExamples().filter(
    ({ file, code }) => file === 'docs/guide.md' && code.includes('defineWorkload'),
  )
  expect(found).toHaveLength(1)
  // Within the package, so that it finds itself by its name.
  const folder = mkdtempSync(join(packageRoot(), 'build', 'guide-'))
  try {
    const module = join(folder, 'workload.ts')
    writeFileSync(module, found[0]!.code)
    const command = join(packageRoot(), 'dist', 'cli', 'main.js')
    const args = [command, 'sim', module, '--embedded', '--seeds', '1..5']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stdout + stderr).toContain('5 passed, 0 failed')
    expect(status).toBe(0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
