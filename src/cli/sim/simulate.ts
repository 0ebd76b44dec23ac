/** `fdbkit sim FILE`: seeds of one file, and a report. */
import { CommandError, SilentFailure } from '../ground/errors.ts'
import { onEndSignals } from './end-signals.ts'
import { Plan } from './plan.ts'
import type { PassedSeed } from './report/junit.ts'
import type { SeedResult } from './run/run-seed.ts'
import { FailuresFile } from './seeds/failures-file.ts'
import { Pace } from './seeds/pace.ts'
import { runSeeds, type Seeds, type SeedsReport } from './seeds/run-seeds.ts'
import { startSeedProgress } from './seeds/seed-progress.ts'
import type { SimulateFlags } from './simulate-flags.ts'
import { tellReport, tellSeeds, tellShrunk } from './tell.ts'

export async function simulate(file: string, flags: SimulateFlags): Promise<void> {
  const stop = new AbortController()
  const { signal } = stop
  const plan = await Plan.make(file, flags, signal)
  const known = flags.failures === undefined ? undefined : new FailuresFile(flags.failures)
  const passed: PassedSeed[] = []
  let only: SeedResult | undefined
  const stopListening = onEndSignals(() => stop.abort())
  const report = await run(plan, { known: known?.seeds, signal }, (result) => {
    const { seed, realSeconds, problem } = result
    only = result
    if (result.passed) passed.push({ seed, realSeconds })
    else if (known?.add(seed, problem) === false) {
      console.error(`seed ${seed} is not written into ${flags.failures}, which is full`)
    }
  }).finally(stopListening)
  tellSeeds(plan, passed, report.failed)
  const [failure] = report.failed
  const told = failure ?? (report.passed === 1 ? only : undefined)
  if (flags.report !== undefined && !signal.aborted) await tellReport(plan, flags.report, told)
  if (failure !== undefined && flags.shrink !== undefined && !signal.aborted) {
    await tellShrunk(plan, failure, flags.shrink)
  }
  console.log(`\n${report.passed} passed, ${report.failed.length} failed`)
  if (signal.aborted) throw new CommandError('interrupted: the other seeds did not run')
  if (report.failed.length > 0) throw new SilentFailure()
}

async function run(
  plan: Plan,
  { known, signal }: Pick<Seeds, 'known' | 'signal'>,
  done: (result: SeedResult) => void,
): Promise<SeedsReport> {
  const { jobs, replay = false, untilFailure = false, budget } = plan.flags
  const pace = new Pace(() => performance.now(), budget === undefined ? undefined : budget * 1000)
  const seeds = { ...plan.seeds, known, signal, jobs, replay, untilFailure }
  const count = seeds.last - seeds.first + 1 + (known?.length ?? 0)
  const progress = startSeedProgress(count, pace)
  try {
    return await runSeeds(
      { ...seeds, isOver: () => pace.isOver },
      (seed, lane, again) => plan.runSeed(seed, lane, again),
      (result) => {
        pace.count()
        progress.done(result)
        done(result)
      },
    )
  } finally {
    progress.end()
    if (count > 1) console.log(`\n${pace.summary}`)
  }
}
