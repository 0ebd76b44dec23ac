// The suite of the npm package `foundationdb` 2.0.1, unchanged, with the engine in its library path:
// another project's addon finds the C API it was compiled for.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runPeerSuite } from './run-peer-suite.ts'

const engineFolder = join(import.meta.dirname, '..', '..', 'build', 'engine')
const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
const run = runPeerSuite({ [variable]: engineFolder })

describe('the suite of foundationdb 2.0.1 on the engine', () => {
  test('runs to its end, with all of its tests', () => {
    expect(run, run.output).toMatchObject({ status: 0, signal: null })
    const passed = run.tests.filter(({ state }) => state === 'passed').length
    const pending = run.tests.filter(({ state }) => state === 'pending').length
    expect({ passed, pending }).toEqual({ passed: 52, pending: 5 })
  })

  for (const { title, state, failure } of run.tests) {
    test.skipIf(state === 'pending')(title, () => {
      expect(failure).toBeUndefined()
    })
  }
})
