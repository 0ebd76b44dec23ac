/** Examples that are type-checked and not run, each with the reason. */
export interface NotRun {
  /** The source or page, or a folder of them. */
  readonly file: string
  /** A part of the example. */
  readonly code: string
  readonly reason: string
}

const ONCE = 'a process selects one API version, and starts and stops its network once'

export const notRun: readonly NotRun[] = [
  { file: 'src/', code: 'setAPIVersion(', reason: ONCE },
  { file: 'src/', code: 'stopNetwork()', reason: ONCE },
  { file: 'src/', code: 'open({ network:', reason: ONCE },
  { file: 'src/', code: 'configNetwork(', reason: ONCE },
  {
    file: 'src/client/database/open.ts',
    code: '/etc/foundationdb',
    reason: 'opens the cluster of the machine',
  },
  {
    file: 'src/client/connection/database-admin.ts',
    code: 'force',
    reason: 'the engine has nothing to recover',
  },
  {
    file: 'src/client/connection/database-admin.ts',
    code: 'createSnapshot',
    reason: 'no program is allowed to take snapshots',
  },
  {
    file: 'src/client/granules/database-granules.ts',
    code: 'Blocking',
    reason: 'waits for blob workers',
  },
  {
    file: 'src/client/granules/transaction-granules.ts',
    code: 'granules.summarize',
    reason: 'there are no granules without blob workers',
  },
  {
    file: 'src/client/granules/transaction-granules.ts',
    code: 'granules.read',
    reason: 'there are no granules without blob workers',
  },
  {
    file: 'docs/production/settings.md',
    code: '/etc/foundationdb',
    reason: 'opens the cluster of the machine',
  },
  {
    file: 'docs/testing.md',
    code: "from 'node:test'",
    reason: 'registers a test; test/examples runs the same in a process of its own',
  },
  {
    file: 'src/testing/checks/check-each-test.ts',
    code: "from 'node:test'",
    reason: 'registers hooks; test/testing/checks.test.ts runs the same in a process of its own',
  },
  { file: 'src/simulation/', code: 'ctx.', reason: 'there is a context only in a simulation' },
]
