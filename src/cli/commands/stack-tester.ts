import { Command, InvalidArgumentError } from 'commander'
import { NEWEST_API_VERSION, OLDEST_API_VERSION } from '../../native/library/network.ts'

function apiVersion(text: string): number {
  const version = Number(text)
  if (!/^\d+$/.test(text) || version < OLDEST_API_VERSION || version > NEWEST_API_VERSION) {
    throw new InvalidArgumentError(
      `It must be a version from ${OLDEST_API_VERSION} to ${NEWEST_API_VERSION}.`,
    )
  }
  return version
}

export function stackTesterCommand(): Command {
  return new Command('stack-tester')
    .description("run the instructions that FoundationDB's binding tester left in a database")
    .argument('<prefix>', 'the first element of the keys of the instructions')
    .argument('<api-version>', 'the version to select', apiVersion)
    .argument('[cluster-file]', 'the cluster; the default cluster file without it')
    .action(async (prefix: string, version: number, clusterFile?: string) => {
      const { open } = await import('../../index.ts')
      const { runStackTester } = await import('../../testing/stack-tester/run-stack-tester.ts')
      const db = open({ clusterFile, apiVersion: version })
      try {
        await runStackTester(db, Buffer.from(prefix))
      } finally {
        db.close()
      }
    })
}
