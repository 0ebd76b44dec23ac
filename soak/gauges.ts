/** What is alive in this process, counted and weighed. */
import { existsSync, readdirSync } from 'node:fs'
import { census } from 'fdbkit/tracing'
import { ringOfWorker } from '../src/future/ring/ring.ts'
import { turns } from './chance.ts'
import { insist } from './violation.ts'

/** Of the main thread: what every operation gives back before it has settled, or soon after. */
export interface Standing {
  readonly handles: number
  readonly wakers: number
  readonly tasks: number
  /** Slots of the ring: calls under way. */
  readonly slots: number
}

/** Of the process, by the system. Undefined where there is no /proc. */
export interface Belongings {
  readonly descriptors: number | undefined
  readonly threads: number | undefined
}

/** Bytes, after a collection. */
export interface Weight {
  readonly resident: number
  readonly heap: number
}

export const standing = (): Standing => ({ ...census(), slots: ringOfWorker().liveSlots })

export function belongings(): Belongings {
  const countIn = (folder: string): number | undefined =>
    existsSync(folder) ? readdirSync(folder).length : undefined
  return { descriptors: countIn('/proc/self/fd'), threads: countIn('/proc/self/task') }
}

/** Finalizers run between turns, and what they give up is for the next collection. */
const COLLECTIONS = 3

export async function weigh(): Promise<Weight> {
  insist(globalThis.gc !== undefined, 'the soak needs --expose-gc')
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc?.()
    await turns(2)
  }
  const { rss, heapUsed } = process.memoryUsage()
  return { resident: rss, heap: heapUsed }
}

/** The counts of `now` that are above those of `before`, as text; undefined: none is. */
export function more(before: object, now: object): string | undefined {
  const counts = new Map(Object.entries(before) as [string, number | undefined][])
  const above = Object.entries(now as Record<string, number | undefined>).filter(
    ([what, count = 0]) => count > (counts.get(what) ?? Infinity),
  )
  if (above.length === 0) return undefined
  return above.map(([what, count]) => `${count} ${what}, not ${counts.get(what)}`).join('; ')
}
