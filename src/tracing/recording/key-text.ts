import type { LifecycleEvent } from '../../future/wakers/lifecycle.ts'
import { printable } from '../../native/values/printable.ts'

/** How a trace has keys: cut to a bearable length, whole, or not at all. */
export type KeyStyle = 'short' | 'whole' | 'none'

/** Characters of a key that is cut. */
const SHORT = 60

/** The key of an event, or its range, for people. Undefined: it has none, or it is left out. */
export function keyTextOf(event: LifecycleEvent, style: KeyStyle): string | undefined {
  const { key, endKey, scope } = event
  if (key === undefined || style === 'none') return undefined
  const text = scope === undefined ? bare(key, endKey) : scope.show(key, endKey)
  return style === 'short' ? shortened(text) : text
}

function bare(key: Uint8Array, endKey: Uint8Array | undefined): string {
  return endKey === undefined ? printable(key) : `${printable(key)} to ${printable(endKey)}`
}

/** The ends stay: a key's first part says what it is of, its last part which. */
function shortened(text: string): string {
  const letters = [...text]
  if (letters.length <= SHORT) return text
  const kept = SHORT - 1
  const front = Math.ceil(kept / 2)
  return `${letters.slice(0, front).join('')}…${letters.slice(front - kept).join('')}`
}
