/** The network of the process was stopped: the rings of all its workers are told, since no answer comes any more. */
import { BroadcastChannel } from 'node:worker_threads'

const NAME = 'fdbkit:network-end'

/** Calls back once it was stopped in another worker. Keeps no process alive. Gives what ends the listening. */
export function onNetworkEnd(callback: () => void): () => void {
  const channel = new BroadcastChannel(NAME)
  channel.onmessage = callback
  channel.unref()
  return () => channel.close()
}

export function tellNetworkEnd(): void {
  const channel = new BroadcastChannel(NAME)
  channel.postMessage(null)
  channel.close()
}
