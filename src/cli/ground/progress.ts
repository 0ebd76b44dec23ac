import cliProgress, { type Options } from 'cli-progress'

const { Format, Presets, SingleBar } = cliProgress

/** How bars look. `{eta_formatted}` is the time that is left, once there is something to tell it by. */
export const barStyle: Options = {
  hideCursor: true,
  clearOnComplete: true,
  barsize: 30,
  formatTime: timeLeft,
}

/** Before the first step, and when none has come for long, there is no number. */
function timeLeft(seconds: number | string, options: Options, roundTo: number): string {
  const known = typeof seconds === 'number' && seconds > 0
  return known ? ` | ${Format.TimeFormat(seconds, options, roundTo)} left` : ''
}

/** How far a long piece of work is: a bar on a terminal, a line for every quarter elsewhere. */
export interface Progress {
  advance(count: number): void
  end(): void
}

class LineProgress implements Progress {
  readonly #label: string
  readonly #total: number
  readonly #stream: NodeJS.WriteStream
  #done = 0
  #quarters = 0

  constructor(label: string, total: number, stream: NodeJS.WriteStream) {
    this.#label = label
    this.#total = total
    this.#stream = stream
  }

  advance(count: number): void {
    this.#done += count
    const quarters = Math.floor((this.#done * 4) / this.#total)
    if (quarters === this.#quarters) return
    this.#quarters = quarters
    this.#stream.write(`  ${this.#label} ${quarters * 25} % (${this.#done.toLocaleString('en')})\n`)
  }

  end(): void {}
}

class BarProgress implements Progress {
  readonly #bar: InstanceType<typeof SingleBar>

  constructor(label: string, total: number, stream: NodeJS.WriteStream) {
    const format = `  ${label} {bar} {percentage} % | {value}/{total}{eta_formatted}`
    this.#bar = new SingleBar({ ...barStyle, format, stream }, Presets.shades_classic)
    this.#bar.start(total, 0)
  }

  advance(count: number): void {
    this.#bar.increment(count)
  }

  end(): void {
    this.#bar.stop()
  }
}

/** Progress of `total` steps on `stream`, which is standard error unless told otherwise. */
export function startProgress(
  label: string,
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  return stream.isTTY
    ? new BarProgress(label, total, stream)
    : new LineProgress(label, total, stream)
}
