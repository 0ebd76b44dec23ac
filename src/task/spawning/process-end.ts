import { shared } from '../../native/values/shared.ts'

/** Told when the process has nothing left to do: one listener for all who ask, as Node counts them. */
const asking = shared('who asks for the end', () => new Set<() => void>())

const tell = shared('tell of the end', () => (): void => {
  for (const callback of [...asking]) callback()
})

/** Calls back when the event loop is empty. Returns what ends it. */
export function onNothingLeft(callback: () => void): () => void {
  if (asking.size === 0) process.on('beforeExit', tell)
  asking.add(callback)
  return () => {
    if (asking.delete(callback) && asking.size === 0) process.off('beforeExit', tell)
  }
}
