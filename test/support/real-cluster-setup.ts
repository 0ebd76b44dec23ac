// Global set-up of the vitest project `real`: one throw-away cluster for all of its files, or the one of
// FDBKIT_TEST_CLUSTER, which is a cluster file. The tests write to it, each below a prefix of its own.
import type { TestProject } from 'vitest/node'
import { RealCluster, findServerPrograms } from '../../src/testing/backends/real-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster file of the real cluster; absent on the embedded engine. */
    clusterFile?: string
  }
}

export default async function setup(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const running = process.env['FDBKIT_TEST_CLUSTER']
  if (running !== undefined && running !== '') {
    project.provide('clusterFile', running)
    return undefined
  }
  const programs = findServerPrograms()
  if (programs === undefined) throw new Error('no fdbserver and fdbcli found')
  const cluster = await RealCluster.start(programs)
  project.provide('clusterFile', cluster.clusterFile)
  return () => cluster.stop()
}
