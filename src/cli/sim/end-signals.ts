/** What asks a process to end, or to stop what it does. */
const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls back at the first one; a second one ends this process at once. Gives what ends the listening. */
export function onEndSignals(callback: () => void): () => void {
  const stop = (): void => {
    for (const signal of END_SIGNALS) process.off(signal, told)
  }
  const told = (): void => {
    stop()
    callback()
  }
  for (const signal of END_SIGNALS) process.on(signal, told)
  return stop
}
