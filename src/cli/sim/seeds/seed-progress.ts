/** The table of many seeds, as they end; on a terminal with a bar below it. */
import { MultiBar, Presets } from 'cli-progress'
import { barStyle } from '../ground/progress.ts'
import type { SeedResult } from './run-seed.ts'
import { heading, rowOf } from './run-seeds.ts'

export interface SeedProgress {
  done(result: SeedResult): void
  end(): void
}

/** Without a terminal, or with one seed, there are only the lines. */
export function startSeedProgress(
  seeds: number,
  output: NodeJS.WriteStream = process.stdout,
): SeedProgress {
  output.write(`${heading()}\n`)
  if (!output.isTTY || seeds < 2) {
    return { done: (result) => void output.write(`${rowOf(result)}\n`), end: () => undefined }
  }
  const format = '  {bar} {value}/{total} seeds, {failed} failed{eta_formatted}'
  const bars = new MultiBar({ ...barStyle, format, stream: output }, Presets.shades_classic)
  // Lines wait for the next drawing, and the end would forget them.
  const redraw = (): void => (bars as unknown as { update(): void }).update()
  let failed = 0
  const bar = bars.create(seeds, 0, { failed })
  return {
    done: (result) => {
      if (!result.passed) failed++
      bars.log(`${rowOf(result)}\n`)
      bar.increment(1, { failed })
      redraw()
    },
    end: () => bars.stop(),
  }
}
