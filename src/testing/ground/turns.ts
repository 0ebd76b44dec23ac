/** One turn of the event loop: what is ready is told, and what it begins has begun. Real, whatever a test fakes later. */
const { setImmediate } = globalThis

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
