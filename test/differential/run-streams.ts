// A process for one client library: run-streams.js LIBRARY SEEDS [CLUSTER_FILE]
// Writes one JSON line for each seed: [seed, transcript]. LIBRARY: 'embedded', or a path, or '' to search.
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { embeddedLibrary, findLibrary } from '../../src/native/library/library.ts'
import { startNetwork } from '../../src/native/library/network.ts'
import { seedsOf } from './seeds.ts'
import { transcriptOf } from './transcripts.ts'

const [library = '', seeds = '', clusterFile] = process.argv.slice(2)
startNetwork({
  library:
    library === 'embedded' ? embeddedLibrary() : findLibrary(library === '' ? undefined : library),
  apiVersion: 740,
})
const open = () =>
  DatabaseHandle.open(
    clusterFile === undefined
      ? { connectionString: 'differential:engine@127.0.0.1:1' }
      : { clusterFile },
  )
const control = open()
// In a cluster that is new, version 1 is not too old yet.
const OLD_ENOUGH = 10_000_000n
for (let version = 0n; clusterFile !== undefined && version < OLD_ENOUGH;) {
  using tn = control.createTransaction()
  version = await tn.getReadVersion()
}
const trace =
  process.env['FDBKIT_TRACE'] === '1' ? (line: string) => console.error(line) : undefined
for (const seed of seedsOf(seeds)) {
  process.stdout.write(
    `${JSON.stringify([seed, await transcriptOf(seed, open, control, trace)])}\n`,
  )
}
control.close()
