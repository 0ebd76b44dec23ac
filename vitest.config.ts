import { defineConfig } from 'vitest/config'
import { NO_SERVER, findServerPrograms } from './src/testing/backends/real-cluster.ts'
import { HANG_LIMIT } from './test/support/hang-limit.ts'

export const common = {
  pool: 'forks',
  isolate: true,
  // The long mode tries 1,000 seeds where the normal one tries a few dozen.
  testTimeout: (process.env['FDBKIT_LONG'] ?? '') === '' ? HANG_LIMIT : 2 * HANG_LIMIT,
  hookTimeout: HANG_LIMIT,
  // A test that leaves a task, a waker or a native handle behind fails.
  setupFiles: 'test/support/leak-check.ts',
} as const

// The tests that talk to a database through the client: they run on the engine and on a real cluster.
const databaseTests = ['test/client/**/*.test.ts', 'test/**/*.database.test.ts']

// Tests that own a cluster and harm it. Their clients are processes of their own.
const faultTests = 'test/faults/cluster/**/*.test.ts'

const engine = {
  test: { ...common, name: 'engine', include: ['test/**/*.test.ts'], exclude: [faultTests] },
}
const real = {
  test: {
    ...common,
    name: 'real',
    include: databaseTests,
    // One file at a time, since they share the cluster, and some clear it.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
    globalSetup: ['test/support/real-cluster-setup.ts'],
  },
}

const faults = {
  test: {
    ...common,
    name: 'faults',
    include: [faultTests],
    // Each has servers and clients enough.
    maxWorkers: 1,
    sequence: { groupOrder: 2 },
  },
}

// Types are tested by the compiler: nothing of these files runs.
const types = {
  test: {
    name: 'types',
    include: [],
    typecheck: {
      enabled: true,
      only: true,
      include: ['test/types/**/*.test-d.ts'],
      tsconfig: 'tsconfig.types.json',
    },
  },
}

const canServe = findServerPrograms() !== undefined
const hasServer = canServe || (process.env['FDBKIT_TEST_CLUSTER'] ?? '') !== ''
if (!hasServer) console.error(`fdbkit: ${NO_SERVER}`)
if (!canServe)
  console.error('fdbkit: there is no fdbserver to harm, so test/faults/cluster is left out')

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [engine, types, ...(hasServer ? [real] : []), ...(canServe ? [faults] : [])],
  },
})
