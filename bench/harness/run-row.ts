/** A row: its contenders take turns, round after round, so that what else the machine does meets all of them. */
import type { Round } from '../contenders/meter.ts'
import { ContenderProcess } from './contender-process.ts'
import type { Row, Who } from './rows.ts'
import { startRound } from './start-row.ts'
import { spreadOf, type Spread } from './statistics.ts'

export interface Effort {
  readonly rounds: number
  readonly seconds: number
  /** A cluster file; undefined: the engine. */
  readonly cluster: string | undefined
}

/** Medians of a contender's rounds. */
export interface Figures {
  readonly perSecond: number
  readonly cpuMicros: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly peakBytes: number
  /** Of long work: how much of the peak came after the first million, as a share of what there was then. */
  readonly growth?: number
}

export interface RowResult {
  readonly row: Row
  readonly figures: Readonly<Partial<Record<Who, Figures>>>
  /** Operations a second of fdbkit, for each of the other's: of the rounds that stood side by side. */
  readonly ratios: Readonly<Partial<Record<Who, Spread>>>
}

type Rounds = Partial<Record<Who, Round[]>>

export async function runRow(row: Row, effort: Effort): Promise<RowResult> {
  const rounds = row.program === 'start' ? await started(row, effort) : await served(row, effort)
  const figures = mapOf(row, (who) => figuresOf(rounds[who] ?? []))
  const ours = rounds.fdbkit ?? []
  const others = row.contenders.filter((who) => who !== 'fdbkit')
  const ratios: Partial<Record<Who, Spread>> = {}
  for (const who of others) ratios[who] = spreadOf(ratiosOf(ours, rounds[who] ?? []))
  return { row, figures, ratios }
}

function mapOf<T>({ contenders }: Row, make: (who: Who) => T): Partial<Record<Who, T>> {
  return Object.fromEntries(contenders.map((who) => [who, make(who)]))
}

async function served(row: Row, { rounds, seconds, cluster }: Effort): Promise<Rounds> {
  const contenders = row.contenders.map((who) => new ContenderProcess(row, who, cluster))
  const all: Rounds = {}
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const result = await contender.round(seconds)
      if (round > 0) (all[contender.who] ??= []).push(result)
    }
  }
  for (const contender of contenders) await contender.end()
  return all
}

async function started(row: Row, { rounds, cluster }: Effort): Promise<Rounds> {
  const all: Rounds = {}
  for (let round = 0; round < rounds; round++) {
    for (const who of row.contenders) (all[who] ??= []).push(await startRound(row, who, cluster))
  }
  return all
}

const rate = ({ operations, seconds }: Round): number => operations / seconds

function ratiosOf(ours: readonly Round[], theirs: readonly Round[]): number[] {
  return ours.map((round, i) => rate(round) / rate(theirs[i] as Round))
}

function figuresOf(rounds: readonly Round[]): Figures {
  const median = (figure: (round: Round) => number): number => spreadOf(rounds.map(figure)).median
  return {
    perSecond: median(rate),
    cpuMicros: median(({ cpuSeconds, operations }) => (cpuSeconds * 1e6) / operations),
    p50: median(({ p50 }) => p50),
    p99: median(({ p99 }) => p99),
    p999: median(({ p999 }) => p999),
    peakBytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)),
    ...growthOf(rounds),
  }
}

function growthOf(rounds: readonly Round[]): { growth?: number } {
  const growths = rounds.flatMap(({ peakBytes, peakOfFirstMillion: first }) =>
    first === undefined ? [] : [peakBytes / first - 1],
  )
  return growths.length === 0 ? {} : { growth: spreadOf(growths).median }
}
