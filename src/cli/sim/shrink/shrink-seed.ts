/** The shrinking of one seed of `fdbkit sim`, and what is said of it. */
import { runSeed, type SeedOptions, type SeedResult } from '../run/run-seed.ts'
import { shrink, type Candidate, type Trial } from './shrink.ts'
import { faultsOf, withoutFaults } from '../run/test-spec.ts'
import type { SmallProgram } from './small-program.ts'

export interface ShrinkOptions {
  readonly options: Omit<SeedOptions, 'lane'>
  readonly seconds: number
  readonly lanes: number
  /** Milliseconds of the machine. */
  readonly now: () => number
}

export interface ShrunkSeed {
  readonly candidate: Candidate
  readonly commands: number
  readonly clients: number
  readonly simulations: number
  /** How many commands there were. */
  readonly before: number
  /** Of the smallest program. */
  readonly result: SeedResult
}

/** Undefined for a workload that is not by model: there is no program to make smaller. */
export async function shrinkSeed(
  failed: SeedResult,
  { options, seconds, lanes, now }: ShrinkOptions,
): Promise<ShrunkSeed | undefined> {
  const program = programIn(failed)
  if (program === undefined) return undefined
  const end = now() + seconds * 1000
  const kind = kindOf(failed)
  const first: Candidate = {
    edits: { seed: program.seed },
    seed: failed.seed,
    buggify: options.buggify,
    without: [],
  }
  let last: SeedResult = failed
  const run = async (candidate: Candidate, lane: number): Promise<Trial> => {
    const result = await runCandidate(options, candidate, lane)
    const fails = !result.passed && kindOf(result) === kind
    if (fails) last = result
    const isExhausted = (programIn(result)?.exhausted ?? '') !== ''
    return { fails, isExhausted }
  }
  const { test } = options
  const task = { first, counts: program.counts, faults: faultsOf(test.text), run, lanes }
  const shrunk = await shrink({ ...task, isOver: () => now() >= end })
  const result = shrunk.simulations === 0 ? last : await runCandidate(options, shrunk.best, 0)
  const before = program.counts.reduce((sum, count) => sum + count, 0)
  return { ...shrunk, candidate: shrunk.best, before, result }
}

function runCandidate(
  options: Omit<SeedOptions, 'lane'>,
  { seed, buggify, ...program }: Candidate,
  lane: number,
): Promise<SeedResult> {
  return runSmall({ ...options, seed, buggify, lane }, program)
}

/** A simulation with a program that was made smaller. */
export function runSmall(
  options: SeedOptions,
  { edits, without }: SmallProgram,
): Promise<SeedResult> {
  const test = { ...options.test, text: withoutFaults(options.test.text, without) }
  return runSeed({ ...options, test, program: JSON.stringify(edits) })
}

/** What the workload said of its program. */
function programIn({
  events,
}: SeedResult): { seed: string; counts: number[]; exhausted: string } | undefined {
  const line = events.find((event) => / FdbkitModelProgram /.test(event))
  const [, seed, counts, exhausted] =
    / Seed=(\S+) Clients=\d+ Counts=(\S+) Exhausted=(.*)$/.exec(line ?? '') ?? []
  if (seed === undefined || counts === undefined) return undefined
  return { seed, counts: counts.split(',').map(Number), exhausted: exhausted ?? '' }
}

/** Failures are alike by what is said of them, without the numbers and values in it. */
function kindOf({ errors }: SeedResult): string {
  const [first = ''] = errors
  const [, type = '', rest = ''] = /^\S+ (\S+) (.*)$/.exec(first) ?? []
  const reason = /Reason=([^:]*:[^:]*)|What=([^:]*)/.exec(rest)
  return `${type} ${(reason?.[1] ?? reason?.[2] ?? '').replaceAll(/\d+/g, '#')}`
}

/** The steps, each with its answer, and the command that shows it again. */
export function describeShrunk(shrunk: ShrunkSeed, command: string): string {
  const { commands, clients, simulations, before, result } = shrunk
  const steps = result.events.flatMap((event) => / Step=(.*)$/.exec(event)?.[1] ?? [])
  const reason = /Reason=(.*?)( Stack=|$)/.exec(result.errors[0] ?? '')?.[1]
  return [
    `smallest: ${commands} of ${before} commands, of ${clients} clients, by ${simulations} simulations`,
    `  again: ${command}`,
    ...(reason === undefined ? [] : [`  ${reason}`]),
    ...steps.map((step, i) => `  ${i + 1}. ${step}`),
  ].join('\n')
}
