import { shared } from '../../native/values/shared.ts'

/** Told when the process has nothing left to do: one listener for all who ask, as Node counts them. */
const asking = shared('who asks for the end', () => new Set<() => void>())

const tell = shared('tell of the end', () => (): void => {
  const told = [...asking]
  asking.clear()
  process.off('beforeExit', tell)
  // Who asks in answer to this is told in the next turn, which Node has only if there is something to do in it.
  setImmediate(() => undefined)
  for (const callback of told) callback()
})

/** Calls back once, when the event loop is empty. Returns what ends it. */
export function onNothingLeft(callback: () => void): () => void {
  if (asking.size === 0) process.on('beforeExit', tell)
  asking.add(callback)
  return () => {
    if (asking.delete(callback) && asking.size === 0) process.off('beforeExit', tell)
  }
}
