/** What a cluster says that it is, for the page. */
import { open } from '../../src/index.ts'

interface Status {
  readonly cluster: {
    readonly processes: Readonly<Record<string, { readonly version: string }>>
    readonly configuration: { readonly redundancy_mode?: string; readonly storage_engine?: string }
  }
}

export interface ServerFacts {
  /** As `7.4.6`; several where processes differ. */
  readonly versions: readonly string[]
  readonly processes: number
  /** As `single memory`. */
  readonly configuration: string
}

/** Asks the cluster of that file. */
export async function askServer(clusterFile: string): Promise<ServerFacts> {
  using db = open(clusterFile)
  const status = await db.get(Buffer.from('\xff\xff/status/json', 'latin1'))
  const { cluster } = JSON.parse(String(status)) as Status
  const processes = Object.values(cluster.processes)
  const { redundancy_mode = '', storage_engine = '' } = cluster.configuration
  return {
    versions: [...new Set(processes.map(({ version }) => version))].sort(),
    processes: processes.length,
    configuration: `${redundancy_mode} ${storage_engine}`.trim(),
  }
}
