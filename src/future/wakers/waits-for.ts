/** How a wait is called in messages: "task 3 (loader) waits for a oneshot". */

/** What is waited for, in a few words. */
export const WAITS_FOR: unique symbol = Symbol.for('fdbkit.waitsFor')

/** The words for anything that can be waited for. */
export function describeWait(pollable: object | undefined): string {
  if (pollable === undefined) return 'its first poll'
  const words = (pollable as { readonly [WAITS_FOR]?: string })[WAITS_FOR]
  return words ?? pollable.constructor?.name ?? 'something'
}
