/** Seeds as tests, in the XML that JUnit began and build servers read. */
import type { SeedResult } from '../run/run-seed.ts'
import { escapeXml } from './xml.ts'

/** A seed that passed, and how many real seconds it took. */
export type PassedSeed = Pick<SeedResult, 'seed' | 'realSeconds'>

export interface ToldFailure {
  readonly result: SeedResult
  /** Why, and how it is seen again. */
  readonly text: string
}

/** @param name of the suite: the file that was run. */
export function junitOf(
  name: string,
  passed: readonly PassedSeed[],
  failed: readonly ToldFailure[],
): string {
  const all = [
    ...passed.map((seed) => ({ seed, failure: undefined })),
    ...failed.map((failure) => ({ seed: failure.result, failure })),
  ].sort((a, b) => a.seed.seed - b.seed.seed)
  const time = all.reduce((sum, { seed }) => sum + seed.realSeconds, 0)
  const totals = `tests="${all.length}" failures="${failed.length}" time="${time.toFixed(3)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `<testsuite name="${escapeXml(name)}" ${totals}>`,
    ...all.map(({ seed, failure }) => caseOf(name, seed, failure)),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function caseOf(
  name: string,
  { seed, realSeconds }: PassedSeed,
  failure: ToldFailure | undefined,
): string {
  const time = realSeconds.toFixed(3)
  const begin = `<testcase classname="${escapeXml(name)}" name="seed ${seed}" time="${time}"`
  if (failure === undefined) return `${begin}/>`
  const { result, text } = failure
  const message = escapeXml(result.problem)
  return `${begin}>\n<failure message="${message}">${escapeXml(text)}</failure>\n</testcase>`
}
