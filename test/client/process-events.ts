/** What a process is told while a test runs, instead of vitest, which would fail the run. */
export interface ProcessEvents {
  /** What rejected, and nobody had asked for. It ends a process that is not a test. */
  readonly rejections: unknown[]
  /** The causes of the warnings that an error of a transaction was asked for by nobody. */
  readonly unasked: unknown[]
}

export async function watchingProcess(body: (seen: ProcessEvents) => Promise<void>): Promise<void> {
  const seen: ProcessEvents = { rejections: [], unasked: [] }
  const rejected = (reason: unknown): void => void seen.rejections.push(reason)
  const warned = (warning: Error): void => {
    if (warning.name === 'FdbkitUnaskedWarning') seen.unasked.push(warning.cause)
  }
  const others = process.rawListeners('unhandledRejection') as (() => void)[]
  const printers = process.rawListeners('warning') as (() => void)[]
  process.removeAllListeners('unhandledRejection')
  process.removeAllListeners('warning')
  process.on('unhandledRejection', rejected)
  process.on('warning', warned)
  try {
    await body(seen)
    // Both are told behind the microtasks.
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('unhandledRejection', rejected)
    process.off('warning', warned)
    for (const other of others) process.on('unhandledRejection', other)
    for (const printer of printers) process.on('warning', printer)
  }
}
