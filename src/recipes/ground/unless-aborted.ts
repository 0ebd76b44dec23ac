/** Undefined when the signal aborts meanwhile: that ends a loop, and is no error. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (signal?.aborted === true) return undefined
    throw error
  }
}
