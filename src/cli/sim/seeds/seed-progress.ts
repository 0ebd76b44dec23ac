/** The table of many seeds, as they end; on a terminal with a bar below it. */
import { MultiBar, Presets } from 'cli-progress'
import { barStyle } from '../../ground/progress.ts'
import type { SeedResult } from '../run/run-seed.ts'
import type { Pace } from './pace.ts'
import { heading, rowOf } from './run-seeds.ts'

export interface SeedProgress {
  done(result: SeedResult): void
  end(): void
}

const FORMAT = '  {bar} {seeds} seeds, {failed} failed{rate}{eta_formatted}'

/** Without a terminal, or with one seed, there are only the lines. */
export function startSeedProgress(
  seeds: number,
  pace: Pace,
  output: NodeJS.WriteStream = process.stdout,
): SeedProgress {
  output.write(`${heading()}\n`)
  if (!output.isTTY || seeds < 2) {
    return { done: (result) => void output.write(`${rowOf(result)}\n`), end: () => undefined }
  }
  const bars = new MultiBar({ ...barStyle, format: FORMAT, stream: output }, Presets.shades_classic)
  // Lines wait for the next drawing, and the end would forget them.
  const redraw = (): void => (bars as unknown as { update(): void }).update()
  let done = 0
  let failed = 0
  const { budget } = pace
  const bar = bars.create(budget ?? seeds, 0, {
    seeds: countOf(0, seeds, budget),
    failed,
    rate: '',
  })
  return {
    done: (result) => {
      done++
      if (!result.passed) failed++
      const { perMinute, elapsed } = pace
      const rate = perMinute === undefined ? '' : `, ${Math.round(perMinute)} a minute`
      bars.log(`${rowOf(result)}\n`)
      const how = { seeds: countOf(done, seeds, budget), failed, rate }
      bar.update(budget === undefined ? done : Math.min(elapsed, budget), how)
      redraw()
    },
    end: () => bars.stop(),
  }
}

/** With a budget nobody knows how many fit. */
function countOf(done: number, seeds: number, budget: number | undefined): string {
  return budget === undefined ? `${done}/${seeds}` : String(done)
}
