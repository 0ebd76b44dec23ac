/** The page of one seed, made by running it again with more in its trace: that changes nothing else. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSimulatorTrace } from '../../../tracing/formats/simulator-trace.ts'
import {
  simulationPage,
  type Disagreement,
  type Fact,
  type Parting,
} from '../../../tracing/page/simulation-page.ts'
import { writeFor } from '../../ground/write-whole.ts'
import { readEvents, traceFiles, type TraceEvent } from '../events/trace-events.ts'
import { firstDifference, wholeTrace } from '../events/whole-trace.ts'
import type { SeedOptions, SeedResult } from '../run/run-seed.ts'
import { removeScratch, scratchFolder } from '../run/scratch.ts'

/** Lines before the one in which two runs part. */
const BEFORE = 5

export interface SeedToReport {
  readonly result: SeedResult
  readonly options: SeedOptions
  readonly run: (options: SeedOptions) => Promise<SeedResult>
  /** Of the page. */
  readonly title: string
  /** That shows the seed again. */
  readonly command: string
  /** Two runs of it differed. */
  readonly isUncertain: boolean
}

export async function writeSeedReport(path: string, seed: SeedToReport): Promise<void> {
  const folder = scratchFolder()
  try {
    const { result, title, command, isUncertain, options } = seed
    const traceEvents = [...new Set([...(options.traceEvents ?? []), 'tasks'])]
    const again = kept({ ...options, traceEvents }, folder, 'first')
    await seed.run(again)
    const partings = isUncertain ? await partingsOf(seed, again, folder) : []
    const text = traceFiles(again.trace).map((file) =>
      readFileSync(join(again.trace, file), 'utf8'),
    )
    const disagreements = readEvents(again.trace).oracle.map(disagreementOf)
    const { problem, errors } = result
    const page = { title, problem, command, errors, disagreements, partings }
    writeFor(path, simulationPage(parseSimulatorTrace(text.join('')), page))
  } finally {
    removeScratch(folder)
  }
}

type Kept = SeedOptions & { readonly trace: string; readonly calls: string }

const kept = (options: SeedOptions, folder: string, name: string): Kept => ({
  ...options,
  trace: join(folder, name),
  calls: join(folder, `${name}-calls.txt`),
})

/** None: this time the two are equal. */
async function partingsOf({ run }: SeedToReport, first: Kept, folder: string): Promise<Parting[]> {
  const second = kept(first, folder, 'second')
  await run(second)
  return [
    ...partingOf('call of the bridge', callsIn(first.calls), callsIn(second.calls)),
    ...partingOf('event of the trace', wholeTrace(first.trace), wholeTrace(second.trace)),
  ]
}

/** None, where no workload process has begun. */
const callsIn = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []

function partingOf(
  among: Parting['among'],
  one: readonly string[],
  other: readonly string[],
): Parting[] {
  const found = firstDifference(one, other)
  if (found === undefined) return []
  const { line } = found
  const nothing = 'nothing any more'
  const sides = { one: found.one ?? nothing, other: found.other ?? nothing }
  return [{ among, at: line + 1, before: one.slice(Math.max(0, line - BEFORE), line), ...sides }]
}

function disagreementOf(event: TraceEvent): Disagreement {
  const facts = (...names: readonly (readonly [field: string, name: string])[]): Fact[] =>
    names.flatMap(([field, name]) => {
      const text = event[field]
      return text === undefined || text === '' ? [] : [[name, text]]
    })
  return {
    what: event['What'] ?? '',
    isError: event['Type'] !== 'FdbkitOracleHazard',
    one: facts(
      ['Transaction', 'is'],
      ['Place', 'begun at'],
      ['Read', 'read'],
      ['ReadPlace', 'read at'],
      ['Gave', 'it gave'],
      ['Expected', 'it should be'],
    ),
    other: facts(['OtherTransaction', 'is'], ['OtherPlace', 'begun at']),
  }
}
