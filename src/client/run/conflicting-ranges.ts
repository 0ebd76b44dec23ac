/**
 * What a commit conflicted with, for who records a trace: read by the retry loop from the special keys, when the option
 * `report_conflicting_keys` is on. The client answers that read by itself.
 */
import type { KeyRange, TransactionHandle } from '../../future/handles/transaction-handle.ts'
import type { TransactionContext } from '../attempt/transaction-context.ts'
import { TransactionView } from '../attempt/transaction-view.ts'
import { root } from '../keys/subspace.ts'
import { TransactionConflicts } from '../transaction/transaction-conflicts.ts'

/** Ranges of one conflict that are told at most. */
const MOST_RANGES = 16

let readers = 0
let askers = 0

/** Somebody wants to know, until the function that it returns is called. `ask`: runs that begin set the option. */
export function wantConflicts(ask: boolean): () => void {
  readers++
  if (ask) askers++
  let on = true
  return () => {
    if (!on) return
    on = false
    readers--
    if (ask) askers--
  }
}

/** Somebody wants the ranges of conflicts. */
export function conflictsAreWanted(): boolean {
  return readers > 0
}

/** Runs set the option `report_conflicting_keys` themselves. */
export function conflictsAreAskedFor(): boolean {
  return askers > 0
}

/** Empty when the option is off, and when the transaction can't be asked: then the error is all there is to tell. */
export async function conflictingRanges(
  context: TransactionContext,
  handle: TransactionHandle,
): Promise<readonly KeyRange[]> {
  const view = new TransactionView(context.renewed(handle), root, true)
  try {
    const ranges = await new TransactionConflicts(view).getConflicting()
    return ranges.slice(0, MOST_RANGES)
  } catch {
    return []
  }
}
