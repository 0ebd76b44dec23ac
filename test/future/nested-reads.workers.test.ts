// As nested-reads.database.test.ts, in several workers of one process at once: each has a ring of its own, and all of them
// one network thread.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { SEED_COUNT } from '../support/seeds.ts'

const WORKERS = 3
const register = join(packageRoot(), 'test/support/typescript/register.mjs')
const worker = join(packageRoot(), 'test/future/nested/worker.ts')

test('whatever runs inside of what, every value is of the key that was asked for', async () => {
  const seed = Date.now() % 100_000
  const args = ['--import', register, worker, WORKERS, SEED_COUNT, seed].map(String)
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
  expect({ seed, problems: JSON.parse(stdout) as unknown, stderr }).toEqual({
    seed,
    problems: [],
    stderr: '',
  })
})
