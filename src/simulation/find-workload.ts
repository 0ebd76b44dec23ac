/** The workload of a name among what a module exports. */
import type { Exports } from './author-modules.ts'
import { workloadMaker, type WorkloadDefinition } from './workload.ts'

/** Throws with the names that there are. */
export function findWorkload(exports: Exports, name: string, path: string): WorkloadDefinition {
  const maker = workloadMaker(exports[name])
  if (maker !== undefined) return maker()
  const names = Object.keys(exports).filter((key) => workloadMaker(exports[key]) !== undefined)
  throw new Error(
    `there is no workload ${JSON.stringify(name)} in ${path}: it exports ${names.join(', ') || 'none'}`,
  )
}
