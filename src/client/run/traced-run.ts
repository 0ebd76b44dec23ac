/** A run that is told of: made when somebody listens to the events of runs, and for no other. */
import { RunTrace } from '../attempt/run-trace.ts'
import type { SetOption } from '../attempt/transaction-context.ts'
import { conflictsAreAskedFor } from './conflicting-ranges.ts'
import type { RunPlan } from './run-plan.ts'

const REPORT: SetOption = ['report_conflicting_keys', true]

/** Its begin, what happens in it, and its end. `run` gets the plan with what the listeners want besides. */
export async function tracedRun<T>(
  plan: RunPlan,
  name: string,
  run: (plan: RunPlan, trace: RunTrace) => Promise<T>,
): Promise<T> {
  const trace = new RunTrace(name)
  const traced = conflictsAreAskedFor() ? { ...plan, options: [...plan.options, REPORT] } : plan
  try {
    const result = await trace.within(() => run(traced, trace))
    trace.finished()
    return result
  } catch (error) {
    trace.finished(error)
    throw error
  }
}
