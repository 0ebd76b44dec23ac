/** What is there at the beginning is read by one client; it may be gone before it has it. */
import { expect, it } from 'vitest'
import type { DatabaseHandle } from '../../../src/future/handles/database-handle.ts'
import type { Batch } from '../../../src/simulation/bridge/batch.ts'
import type { BridgePort } from '../../../src/simulation/bridge/bridge-port.ts'
import { Oracle } from '../../../src/simulation/oracle/oracle.ts'

const notes: string[] = []
const trace = {
  violation: (name: string) => notes.push(name),
  note: (name: string) => notes.push(name),
}

/** A client, and a cluster without a key, that gives an answer or none. */
function clientOf(answer: <T>(value: T) => Promise<T>): [BridgePort, DatabaseHandle] {
  const transaction = {
    get: () => answer(undefined),
    getReadVersion: () => answer(1n),
    getRange: () => answer({ results: [], more: false }),
    setOption: () => undefined,
    destroy: () => undefined,
  }
  const database = { createTransaction: () => transaction }
  return [{} as BridgePort, database as unknown as DatabaseHandle]
}

it('a client that is gone while it reads leaves that to the next, and nobody waits for it', async () => {
  const oracle = new Oracle('on', {} as Batch, () => 0)
  const watched = (port: BridgePort): BridgePort => {
    oracle.watch(port, 0)
    return port
  }
  const [reader, silent] = clientOf(() => new Promise<never>(() => undefined))
  const [other, answering] = clientOf((value) => Promise.resolve(value))
  void oracle.begin(watched(reader), silent, trace)
  const gone = {} as BridgePort
  const others = [other, {} as BridgePort].map((port) =>
    oracle.begin(watched(port), answering, trace),
  )
  void oracle.begin(watched(gone), silent, trace)
  oracle.forget(gone, true)
  oracle.forget(reader, true)
  await Promise.all(others)
  // It is known by now: this one waits for nobody.
  await oracle.begin(watched({} as BridgePort), silent, trace)
  expect(notes).toEqual([])
})
