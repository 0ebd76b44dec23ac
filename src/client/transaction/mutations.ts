// The transaction as a program sees it: one class for every day, and the parts that are needed more rarely.
import { MutationType } from '../../native/generated/mutation-type.ts'
import { shown } from '../../native/values/describe.ts'

const MUTATIONS = new Set<number>(Object.values(MutationType))

/** @throws TypeError for a number that the C API has no operation for. */
export function checkMutation(type: MutationType): MutationType {
  if (MUTATIONS.has(type)) return type
  throw new TypeError(`the type of an atomic operation is one of MutationType, not ${shown(type)}`)
}
