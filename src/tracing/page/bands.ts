/** Faults of a simulation that last for a while: what is behind all lanes meanwhile. */
import type { Mark } from '../recording/trace.ts'

export interface Band {
  /** In milliseconds. */
  readonly begin: number
  readonly end: number
  /** As the script knows them: its place among {@link BAND_KINDS}. */
  readonly kind: number
  readonly text: string
}

/** Of the embedded simulator, by the names of its events: each has its length in seconds. */
export const BAND_KINDS = ['FdbkitRecovery', 'FdbkitClogged', 'FdbkitPaused'] as const

const WORDS = ['recovery', 'clogged', 'paused'] as const

export function bandsOf(marks: readonly Mark[]): Band[] {
  const bands = marks.flatMap(({ name, time, text }) => {
    const kind = (BAND_KINDS as readonly string[]).indexOf(name)
    const seconds = Number(/\bSeconds=([\d.]+)/.exec(text)?.[1] ?? NaN)
    if (kind < 0 || !(seconds > 0)) return []
    const client = /\bClient=(\d+)/.exec(text)?.[1]
    const whom = client === undefined ? '' : `, client ${client}`
    const what = `${WORDS[kind] as string}${whom}, ${seconds} s`
    return [{ begin: time, end: time + seconds * 1000, kind, text: what }]
  })
  return bands.sort((a, b) => a.begin - b.begin)
}
