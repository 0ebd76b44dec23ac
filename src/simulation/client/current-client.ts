// One simulated client: what it runs, and whose code runs at the moment.
/** Whose code runs: carried through awaits, so that it is right also when another client's event runs it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { SimulatedClient } from './simulated-client.ts'

const storage = new AsyncLocalStorage<SimulatedClient>()

export function currentClient(): SimulatedClient | undefined {
  return storage.getStore()
}

export function runAs(client: SimulatedClient, body: () => void): void {
  storage.run(client, body)
}
