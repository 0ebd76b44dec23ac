/** One run of an archive, in its folder: a seed of one of its tests, and a line. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf } from '../../ground/errors.ts'
import { onEndSignals } from '../end-signals.ts'
import { Plan } from '../plan.ts'
import type { SeedResult } from '../run/run-seed.ts'
import { runSeeds, tellingsOf } from '../seeds/run-seeds.ts'
import type { SimulateFlags } from '../simulate-flags.ts'
import { draw } from './draw.ts'
import { readPacked, type Packed, type PackedFile } from './packed.ts'
import { testLine, type TestLine } from './test-line.ts'

/** The agent's folder for what is kept of a failure. */
const KEPT = 'tmp'

type Test = Packed['tests'][number]

/** `timeout` runs nothing: the agent has ended the run of that seed. */
export type Mode = 'test' | 'timeout'

export interface Outcome {
  readonly line: string
  readonly passed: boolean
}

/** Never throws: what goes wrong is a failure, and is told in the line. */
export async function runPacked(mode: Mode, joshua: NodeJS.ProcessEnv): Promise<Outcome> {
  const base = { version: '', joshuaSeed: joshua['JOSHUA_SEED'] }
  let known: TestLine = base
  try {
    const packed = readPacked()
    const { flags, tests } = packed
    known = { ...base, version: packed.version }
    const drawn = draw(joshua['JOSHUA_SEED'], tests.length)
    const test = tests[drawn.test] as Test
    const { seed } = drawn
    known = {
      ...known,
      file: test.named,
      seed,
      buggify: flags.buggify,
      replay: flags.replay === true,
    }
    usePartsOf(packed)
    const stop = new AbortController()
    const plan = await Plan.make(test.path, flagsOf(packed, test, seed), stop.signal)
    const command = commandOf(plan, packed, test, seed)
    known = { ...known, command }
    if (mode === 'timeout') {
      const limit = joshua['JOSHUA_TIMEOUT']
      const seconds = limit === undefined ? '' : ` after ${limit} real seconds`
      return failed({ ...known, problem: `not done${seconds}, which is Joshua's limit` })
    }
    const stopListening = onEndSignals(() => stop.abort())
    const result = await runSeed(plan, seed, stop.signal).finally(stopListening)
    if (result === undefined) return failed({ ...known, problem: 'ended by a signal' })
    const { simulatedSeconds, realSeconds, unseed, passed, problem } = result
    known = { ...known, simulatedSeconds, realSeconds, unseed }
    if (!passed) return failed({ ...known, problem, tellings: tellingsOf(result) })
    return { line: testLine({ ...known, command: undefined }), passed }
  } catch (error) {
    return failed({ ...known, problem: messageOf(error) })
  }
}

/** Whatever the machine has. */
function usePartsOf({ native, library }: Packed): void {
  process.env['FDBKIT_NATIVE'] = resolve(native)
  if (library !== undefined) process.env['FDBKIT_SIM_LIBRARY'] = resolve(library)
}

function failed(line: TestLine): Outcome {
  return { line: testLine(line), passed: false }
}

function flagsOf(packed: Packed, test: Test, seed: number): SimulateFlags {
  const { fdbserver, flags } = packed
  return {
    ...flags,
    jobs: 1,
    unpinned: true,
    seed,
    ...(fdbserver === undefined ? { embedded: true } : { fdbserver: resolve(fdbserver.path) }),
    ...(test.module === undefined ? {} : { module: test.module.path }),
    ...(existsSync(KEPT) ? { trace: join(KEPT, 'trace') } : {}),
  }
}

/** As it is typed where the archive was made. */
function commandOf(plan: Plan, packed: Packed, test: Test, seed: number): string {
  const named = (file: PackedFile | undefined): string | undefined => file?.named
  const more = { fdbserver: named(packed.fdbserver), module: named(test.module) }
  return plan.commandOf(seed, more, test.named)
}

/** Undefined: it was ended. */
async function runSeed(
  plan: Plan,
  seed: number,
  signal: AbortSignal,
): Promise<SeedResult | undefined> {
  let result: SeedResult | undefined
  const replay = plan.flags.replay === true
  await runSeeds(
    { first: seed, last: seed, jobs: 1, replay, untilFailure: false, signal },
    (_, lane, again) => plan.runSeed(seed, lane, again),
    (done) => (result = done),
  )
  return result
}
