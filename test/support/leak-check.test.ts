import { spawnSync } from 'node:child_process'
import { writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

it('a test that leaves a task, a waker or a native handle behind fails, and says where it was made', () => {
  const folder = join(root, 'build', 'leak-check')
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'vitest.config.mjs')
  writeFileSync(
    config,
    `export default { root: ${JSON.stringify(root)}, test: { pool: 'forks',
      include: ['test/support/leaky/leaky.ts'], setupFiles: ['test/support/leak-check.ts'] } }`,
  )
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status, stdout } = spawnSync(
    process.execPath,
    [vitest, 'run', '--config', config, '--reporter=json'],
    { cwd: root, encoding: 'utf8', env: { ...process.env, FDBKIT_PLACES: '1' } },
  )
  expect(status).toBe(1)
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    testResults: { message: string; assertionResults: Result[] }[]
  }
  const [file] = report.testResults
  const results = Object.fromEntries(
    (file?.assertionResults ?? []).map((result) => [result.title, result]),
  )
  expect(results['leaves nothing behind']?.status).toBe('passed')
  const task = results['leaves a task and its waker behind']
  expect(task?.status).toBe('failed')
  expect(task?.failureMessages.join()).toMatch(/left behind:[^]*made\s+at[^]*leaky\.ts/)
  expect(stdout).toMatch(/left native handles behind:[^]*FDBDatabase/)
})

interface Result {
  title: string
  status: string
  failureMessages: string[]
}
