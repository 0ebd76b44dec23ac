/** The workload of a name among what a module exports. */
import { ownEntry } from '../../native/values/own-entry.ts'
import type { Exports } from './author-modules.ts'
import { workloadMaker, type WorkloadDefinition } from '../author/workload.ts'

/** Throws with the names that there are. */
export function findWorkload(exports: Exports, name: string, path: string): WorkloadDefinition {
  // What a CommonJS module exports is its default, with names of its own.
  const inner = exports['default']
  const places = [exports, typeof inner === 'object' && inner !== null ? (inner as Exports) : {}]
  for (const place of places) {
    const maker = workloadMaker(ownEntry(place, name))
    if (maker !== undefined) return maker()
  }
  const names = places.flatMap((place) =>
    Object.keys(place).filter((key) => workloadMaker(place[key]) !== undefined),
  )
  throw new Error(
    `there is no workload ${JSON.stringify(name)} in ${path}: it exports ${names.join(', ') || 'none'}`,
  )
}
