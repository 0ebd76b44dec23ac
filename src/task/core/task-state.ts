/** The state of a task: a bit set. docs/tasks.md says what each bit means and when it changes. */

/** It was woken and has not been polled since. */
export const SCHEDULED = 1
/** Its body is being polled. */
export const RUNNING = 2
/** It ended: with a value, with an error, cancelled or dropped. */
export const COMPLETED = 4
/** Somebody asked it to end. */
export const CANCELLED = 8
/** Somebody waits for its outcome, or has taken it. */
export const JOINED = 16

const NAMES: readonly (readonly [number, string])[] = [
  [SCHEDULED, 'scheduled'],
  [RUNNING, 'running'],
  [COMPLETED, 'completed'],
  [CANCELLED, 'cancelled'],
  [JOINED, 'joined'],
]

/** `'scheduled, joined'`; `'at rest'` when no bit is set. */
export function describeState(state: number): string {
  const set = NAMES.filter(([bit]) => (state & bit) !== 0).map(([, name]) => name)
  return set.length === 0 ? 'at rest' : set.join(', ')
}
