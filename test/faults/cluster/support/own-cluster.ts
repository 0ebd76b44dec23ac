/** A cluster of a test's own, and what must hold of it when its faults are over. */
import { expect, onTestFinished } from 'vitest'
import {
  RealCluster,
  findServerPrograms,
  type ClusterOptions,
} from '../../../../src/testing/backends/real-cluster.ts'
import { judge, type Fate, type Records } from '../../load/recorder.ts'
import { Client, DONE } from './client.ts'
import type { ClientSetup } from './protocol.ts'

/** In the long mode what lasts, lasts a minute or more. */
export const LONG = (process.env['FDBKIT_LONG'] ?? '') !== ''

/** Gone with the test. */
export async function ownCluster(options: ClusterOptions = {}): Promise<RealCluster> {
  const programs = findServerPrograms()
  if (programs === undefined) throw new Error('no fdbserver and fdbcli found')
  const cluster = await RealCluster.start(programs, options)
  onTestFinished(() => cluster.stop())
  return cluster
}

/** A client whose load is under way: some of its calls are done. */
export async function loadOn(
  clusterFile: string,
  setup: Partial<ClientSetup> = {},
): Promise<Client> {
  const client = new Client({ clusterFile, ...setup })
  await client.populate()
  await client.load()
  await client.see(DONE)
  return client
}

/**
 * The faults are over: calls are done again, and what the records say is so. Another process looks, in each of the clusters
 * that the client was with.
 */
export async function expectWhole(
  client: Client,
  clusterFiles: string | readonly string[],
  setup: Partial<ClientSetup> = {},
): Promise<void> {
  await client.see(DONE, 100)
  const records = await client.stop()
  const ends = [client]
  const found = new Set<string>()
  for (const clusterFile of [clusterFiles].flat()) {
    const other = new Client({ clusterFile, ...setup })
    ends.push(other)
    const ledger = await other.audit()
    expect(ledger.problems).toEqual([])
    for (const id of ledger.found) found.add(id)
  }
  expect(judge(records, found)).toEqual([])
  // Whoever has nothing left to do ends by itself.
  expect(await Promise.all(ends.map((each) => each.end()))).toEqual(ends.map(() => 0))
  tellOf(client, records)
}

/** What it takes so that calls go on when a server is killed: copies, and logs of before that nobody needs any more. */
interface Status {
  readonly cluster?: {
    readonly recovery_state?: { readonly name?: string }
    readonly data?: { readonly state?: { readonly min_replicas_remaining?: number } }
    readonly fault_tolerance?: { readonly max_zone_failures_without_losing_availability?: number }
  }
}

const ENOUGH_LOOKS = 2000

/** Waits until the cluster can lose a server. */
export function untilOneCanGo(cluster: RealCluster): void {
  for (let looks = 0; looks < ENOUGH_LOOKS; looks++) {
    const text = cluster.cli('status json')
    const status = JSON.parse(text.slice(text.indexOf('{'))) as Status
    const { recovery_state, data, fault_tolerance } = status.cluster ?? {}
    const isRecovered = recovery_state?.name === 'fully_recovered'
    const copies = data?.state?.min_replicas_remaining ?? 0
    const most = fault_tolerance?.max_zone_failures_without_losing_availability ?? 0
    if (isRecovered && copies > 1 && most > 0) return
  }
  throw new Error(`the cluster does not heal: ${cluster.cli('status')}`)
}

/** What it came to, for people. */
function tellOf(client: Client, records: Records): void {
  const fates = new Map<Fate, number>()
  for (const [, fate] of records) fates.set(fate, (fates.get(fate) ?? 0) + 1)
  const name = expect.getState().currentTestName
  const counts = JSON.stringify({ ...Object.fromEntries(fates), codes: client.counts })
  console.error(`fdbkit: ${name}: ${counts}`)
}
