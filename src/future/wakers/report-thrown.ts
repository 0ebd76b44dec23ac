import { inspect } from 'node:util'

/**
 * What somebody's waker threw, as a warning of the process. It woke inside a batch of completions whose other owners have
 * nothing to do with it, so it stops none of them and does not end the process.
 */
export function reportThrown(problem: unknown): void {
  const warning = new Error(`a waker threw when it was woken: ${shown(problem)}`, {
    cause: problem,
  })
  warning.name = 'FdbkitWakerWarning'
  process.emitWarning(warning)
}

/** Looks at what may be anything: that must not throw again. */
function shown(problem: unknown): string {
  try {
    return inspect(problem)
  } catch {
    return 'something that cannot be shown'
  }
}
