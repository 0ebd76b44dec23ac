import type { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { StreamRun } from './execute.ts'
import { StreamGenerator } from './generate.ts'
import { SystemStreamRun } from './system/execute.ts'
import { SystemStreamGenerator } from './system/generate.ts'

/** From this seed on a stream is about what a cluster keeps of itself: tenants, the metadata version, special keys. */
export const FIRST_SYSTEM_SEED = 10_001

/** The transcript of the stream of a seed. */
export async function transcriptOf(
  seed: number,
  open: () => DatabaseHandle,
  control: DatabaseHandle,
  trace?: (line: string) => void,
): Promise<string[]> {
  using db = open()
  if (seed >= FIRST_SYSTEM_SEED) {
    return await new SystemStreamRun(db).run(new SystemStreamGenerator(seed).stream(), trace)
  }
  return await new StreamRun(db, control).run(new StreamGenerator(seed).stream(), trace)
}

/** The first line in which two transcripts differ, with both; undefined when they are equal. */
export function difference(
  expected: readonly string[],
  actual: readonly string[],
): string | undefined {
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    if (expected[i] === actual[i]) continue
    return `line ${i}\n  expected ${expected[i] ?? 'nothing'}\n  actual   ${actual[i] ?? 'nothing'}`
  }
  return undefined
}
