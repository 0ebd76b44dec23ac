/** What `--program` takes: a program that was made smaller, and under which faults it fails. */
import type { Edits } from '../../../simulation/model/edits.ts'

export interface SmallProgram {
  readonly edits: Edits
  readonly without: readonly string[]
}

/** @throws RangeError for what `--shrink` has not printed. */
export function parseSmallProgram(text: string): SmallProgram {
  const program = parsed(text)
  if (!isRecord(program) || !isEdits(program['edits']) || !isListOf(program['without'], isText)) {
    throw new RangeError('It must be what --shrink has printed.')
  }
  return { edits: program['edits'], without: program['without'] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isEdits(value: unknown): value is Edits {
  if (!isRecord(value)) return false
  const { seed, keep, noPauses, smaller } = value
  return (
    isText(seed) &&
    (keep === undefined || isListOf(keep, isNumbers)) &&
    (noPauses === undefined || typeof noPauses === 'boolean') &&
    (smaller === undefined || (isRecord(smaller) && Object.values(smaller).every(isNumbers)))
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string'

const isNumbers = (value: unknown): value is number[] =>
  isListOf(value, (each): each is number => Number.isSafeInteger(each) && (each as number) >= 0)

function isListOf<T>(value: unknown, is: (each: unknown) => each is T): value is T[] {
  return Array.isArray(value) && value.every(is)
}
