// What checkEachTest does to tests that fail, and to tests that leak: in the runner of Node, in a process of its own.
// Vitest and jest run it in test/examples.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkEachTest } from '../../src/testing/index.ts'

const program = join(import.meta.dirname, 'programs', 'checked.mjs')

test('prints the seeds of a test that failed, and fails one that left something behind', () => {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' }
  const args = ['--test-reporter=tap', program]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(1)
  expect([...stdout.matchAll(/^(not )?ok \d+ - (.*)$/gm)].map(([line]) => line)).toEqual([
    'ok 1 - leaves nothing behind',
    'not ok 2 - fails under faults',
    'not ok 3 - leaves a database behind',
  ])
  const seeds = [...stderr.matchAll(/^fdbkit: .*$/gm)].map(([line]) => line)
  expect(seeds).toEqual(['fdbkit: faults everything of seed 2; FDBKIT_TEST_SEED=2 repeats them'])
  expect(stdout).toMatch(/the test left behind 1 handle[^]*FDBDatabase, made[^]*checked\.mjs:25/)
})

describe('checkEachTest', () => {
  test('refuses what are no hooks', () => {
    for (const hooks of [undefined, {}, { beforeEach: () => undefined }]) {
      expect(() => checkEachTest(hooks as never)).toThrow(/^hooks of checkEachTest are/)
    }
  })

  /** Hooks as jest has them: they are told nothing. */
  const registered: (() => unknown)[] = []
  const hooks = {
    beforeEach: (hook: () => void) => void (registered[0] = hook),
    afterEach: (hook: () => Promise<void>) => void (registered[1] = hook),
  }

  test('gives hooks without parameters, and looks at leaks only when it is to', async () => {
    checkEachTest(hooks, { leaks: false })
    expect(registered.map((hook) => hook.length)).toEqual([0, 0])
    registered[0]!()
    await registered[1]!()
  })
})
