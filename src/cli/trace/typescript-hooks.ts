/** Node's hooks for loading modules: the types of TypeScript are blanked out, so that lines and columns stay. */
import type { LoadHook } from 'node:module'
import { sourceOf } from '../../simulation/process/without-types.ts'

/** Called by Node for each module, on a thread of its own. */
export const load: LoadHook = (url, context, next) => {
  if (!/^file:.*\.m?ts$/.test(url)) return next(url, context)
  return { format: 'module', source: sourceOf(url), shortCircuit: true }
}
