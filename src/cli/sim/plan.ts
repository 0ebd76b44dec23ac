/** What `fdbkit sim` runs: its seeds, what they have in common, and how each is shown again. */
import { join } from 'node:path'
import { UsageError } from '../ground/errors.ts'
import { checkFolderOf } from '../ground/write-whole.ts'
import { chooseOracle, chooseSimulator } from './choose-simulator.ts'
import { replayCommand, type ReplayFlags } from './replay-command.ts'
import { checkModule } from './run/check-module.ts'
import { runSeed, type SeedOptions, type SeedResult } from './run/run-seed.ts'
import { serverOf } from './run/server.ts'
import { readTestFile } from './run/test-file.ts'
import { HIGHEST_SEED } from './seeds/highest-seed.ts'
import type { Seeds } from './seeds/run-seeds.ts'
import {
  checkWithout,
  drawFaults,
  faultNames,
  withFaults,
  type FaultChoice,
} from './seeds/swarm.ts'
import { runSmall } from './shrink/shrink-seed.ts'
import type { SimulateFlags } from './simulate-flags.ts'

/** What all seeds have in common. */
type Common = Omit<SeedOptions, 'seed' | 'lane' | 'trace'>

export class Plan {
  readonly file: string
  readonly flags: SimulateFlags
  readonly seeds: Pick<Seeds, 'first' | 'last'>
  readonly #common: Common
  readonly #faultsOf: (seed: number) => FaultChoice

  /** @throws UsageError, CommandError for what could only fail later: a folder, a module, faults that are not there. */
  static async make(file: string, flags: SimulateFlags, signal: AbortSignal): Promise<Plan> {
    const seeds = seedsOf(flags)
    for (const written of [flags.junit, flags.report, flags.failures]) {
      if (written !== undefined) checkFolderOf(written)
    }
    return new Plan(file, flags, seeds, await commonOf(file, flags, signal))
  }

  private constructor(
    file: string,
    flags: SimulateFlags,
    seeds: Pick<Seeds, 'first' | 'last'>,
    common: Common,
  ) {
    this.file = file
    this.flags = flags
    this.seeds = seeds
    this.#common = common
    this.#faultsOf = faultsBySeed(flags, common)
  }

  /** @param trace where its trace is kept. */
  optionsOf(seed: number, lane = 0, trace?: string): SeedOptions {
    return withFaults({ ...this.#common, seed, lane, trace }, this.#faultsOf(seed))
  }

  run(options: SeedOptions): Promise<SeedResult> {
    const { program } = this.flags
    return program === undefined ? runSeed(options) : runSmall(options, program)
  }

  /** @param again for the run that is compared with the first. */
  runSeed(seed: number, lane: number, again: boolean): Promise<SeedResult> {
    const { trace } = this.flags
    const kept = trace && join(trace, `seed-${seed}${again ? '-again' : ''}`)
    return this.run(this.optionsOf(seed, lane, kept))
  }

  /**
   * The command that shows a seed again.
   *
   * @param more what is otherwise than it was.
   * @param file by another name.
   */
  commandOf(seed: number, more: Partial<ReplayFlags> = {}, file = this.file): string {
    const { fdbserver } = this.#common
    const replay = this.flags.replay === true
    const flags = { ...this.flags, fdbserver, ...this.#faultsOf(seed), replay, ...more }
    return replayCommand(file, flags, seed)
  }
}

/** With a budget, from the first one on. */
function seedsOf(flags: SimulateFlags): Pick<Seeds, 'first' | 'last'> {
  const { seeds, seed, budget } = flags
  const first = seeds?.first ?? seed ?? 1
  if (budget !== undefined) return { first, last: seeds?.last ?? HIGHEST_SEED }
  if (seeds !== undefined && seeds.last === undefined) {
    throw new UsageError(`--seeds ${first}.. has no last seed: it needs a --budget`)
  }
  return { first, last: seeds?.last ?? first }
}

async function commonOf(file: string, flags: SimulateFlags, signal: AbortSignal): Promise<Common> {
  const test = readTestFile(file, flags.module, flags.workload)
  await checkModule(test.module)
  const fdbserver = chooseSimulator(flags, test)
  // A server that can load no workload is told of before the first seed.
  if (fdbserver !== undefined) serverOf(fdbserver, flags.interface)
  const { interface: by, buggify, timeout, traceEvents, inspect, unpinned } = flags
  const oracle = chooseOracle(flags.oracle, fdbserver, test)
  // Where the debugger listens is said while the simulation waits for it.
  const onOutput =
    inspect === undefined ? undefined : (text: string) => console.error(text.trimEnd())
  const asked = { interface: by, buggify, timeout, traceEvents, inspect, oracle, unpinned }
  return { fdbserver, test, ...asked, onOutput, signal }
}

function faultsBySeed(flags: SimulateFlags, common: Common): (seed: number) => FaultChoice {
  const { buggify, without = [] } = flags
  checkWithout(without, common)
  const all = { buggify, without }
  if (flags.swarm !== true) return () => all
  const names = faultNames(common)
  return (seed) => drawFaults(seed, all, names)
}
