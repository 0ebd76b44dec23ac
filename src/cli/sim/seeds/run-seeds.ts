/** Many seeds: so many at a time, each once or twice, and what is said of them. */
import type { SeedResult } from '../run/run-seed.ts'

const MOST_ERRORS = 5
const MOST_FINDINGS = 3
const LAST_EVENTS = 8
const LAST_OUTPUT = 5

export interface Seeds {
  /** They run first, wherever they are. */
  readonly known?: readonly number[] | undefined
  readonly first: number
  readonly last: number
  readonly jobs: number
  /** Each seed twice; both runs must be equal. */
  readonly replay: boolean
  readonly untilFailure: boolean
  /** No seed is begun any more, and what becomes of those that run does not count. */
  readonly signal?: AbortSignal | undefined
  /** No seed is begun any more. */
  readonly isOver?: (() => boolean) | undefined
}

export interface SeedsReport {
  readonly passed: number
  readonly failed: readonly SeedResult[]
}

/** `run(seed, lane, again)` is one simulation; `done` hears of each seed once. */
export async function runSeeds(
  seeds: Seeds,
  run: (seed: number, lane: number, again: boolean) => Promise<SeedResult>,
  done: (result: SeedResult) => void,
): Promise<SeedsReport> {
  const order = inOrder(seeds)
  let passed = 0
  const failed: SeedResult[] = []
  const isOver = (): boolean =>
    seeds.signal?.aborted === true ||
    (seeds.untilFailure && failed.length > 0) ||
    seeds.isOver?.() === true
  const lane = async (number: number): Promise<void> => {
    while (!isOver()) {
      const { value: seed } = order.next()
      if (seed === undefined) return
      const first = await run(seed, number, false)
      const result = seeds.replay ? compare(first, await run(seed, number, true)) : first
      if (seeds.signal?.aborted === true) return
      if (result.passed) passed++
      else failed.push(result)
      done(result)
    }
  }
  await Promise.all(Array.from({ length: seeds.jobs }, (_, number) => lane(number)))
  return { passed, failed: failed.sort((a, b) => a.seed - b.seed) }
}

/** Each seed once. */
function* inOrder({ known = [], first, last }: Seeds): Generator<number, undefined> {
  yield* known
  const before = new Set(known)
  for (let seed = first; seed <= last; seed++) if (!before.has(seed)) yield seed
  return undefined
}

/** Two runs of a seed that differ are a failure of their own. */
export function compare(first: SeedResult, second: SeedResult): SeedResult {
  if (!first.passed) return first
  if (!second.passed) {
    return { ...second, problem: `${second.problem}, in the second run only: not deterministic` }
  }
  const problem =
    first.unseed !== second.unseed
      ? `not deterministic: unseed ${first.unseed}, then ${second.unseed}`
      : differenceOf(first.events, second.events)
  return problem === '' ? first : { ...first, passed: false, problem }
}

function differenceOf(first: readonly string[], second: readonly string[]): string {
  const length = Math.max(first.length, second.length)
  for (let i = 0; i < length; i++) {
    if (first[i] === second[i]) continue
    return `not deterministic: event ${i + 1} is ${first[i] ?? 'none'}, then ${second[i] ?? 'none'}`
  }
  return ''
}

/** A part of why a seed failed. */
export interface Telling {
  readonly kind: 'error' | 'more' | 'oracle' | 'trace' | 'output'
  readonly text: string
}

/** Why a seed failed, the most telling first, and not too much of it. */
export function tellingsOf(result: SeedResult): readonly Telling[] {
  // What the oracle found is told in lines of its own.
  const errors = result.errors.filter((line) => !IS_FINDING.test(line))
  const events = result.events.filter((line) => !IS_ORACLE.test(line))
  const more = errors.length - MOST_ERRORS
  const of = (kind: Telling['kind'], texts: readonly string[]): Telling[] =>
    texts.map((text) => ({ kind, text }))
  return [
    ...of('error', errors.slice(0, MOST_ERRORS)),
    ...of('more', more > 0 ? [`and ${more} more errors`] : []),
    ...of('oracle', result.oracle.slice(0, MOST_FINDINGS)),
    ...of('trace', events.slice(-LAST_EVENTS)),
    // Without an error event the simulator may have said why itself.
    ...of('output', result.errors.length > 0 ? [] : result.output.slice(-LAST_OUTPUT)),
  ]
}

/** Why a seed failed, and how to see it again. */
export function describe(result: SeedResult, replayCommand: string): string {
  return [
    `seed ${result.seed}: ${result.problem}`,
    `  again: ${replayCommand}`,
    ...tellingsOf(result).map(({ kind, text }) =>
      indented(kind === 'more' ? text : `${kind}: ${text}`),
    ),
  ].join('\n')
}

const IS_FINDING = /^\S+ FdbkitOracleFinding /
const IS_ORACLE = /^\S+ FdbkitOracle(Finding|Hazard|Checked) /

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}

/** The table of results: its heading, and the line of a seed. */
export function heading(): string {
  return row('seed', 'result', 'unseed', 'simulated', 'real')
}

export function rowOf(result: SeedResult): string {
  return row(
    String(result.seed),
    result.passed ? 'passed' : 'FAILED',
    result.unseed,
    `${result.simulatedSeconds.toFixed(0)} s`,
    `${result.realSeconds.toFixed(1)} s`,
  )
}

function row(...cells: string[]): string {
  const [seed = '', result = '', ...rest] = cells
  return [seed.padStart(10), result.padEnd(7), ...rest.map((cell) => cell.padStart(9))].join('  ')
}
