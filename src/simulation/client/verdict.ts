import { inspect } from 'node:util'
import type { PhaseName } from '../author/phases.ts'
import { describe } from '../../native/values/describe.ts'

/**
 * Why what a phase gave fails the test, or undefined when it passes. Setup and start do something: they pass
 * unless they say that they could not, by false. Check answers a question: an answer that is not true may be one that
 * was forgotten, or a comparison that came to nothing.
 */
export function faultOf(phase: PhaseName, gave: unknown): string | undefined {
  if (phase === 'check') {
    return gave === true ? undefined : `check gave ${shown(gave)}: only true passes`
  }
  return gave === false ? `${phase} gave false` : undefined
}

function shown(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null
  if (isObject || typeof value === 'function') return describe(value)
  return inspect(value, { maxStringLength: 100 })
}
