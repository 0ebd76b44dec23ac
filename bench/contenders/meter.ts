/** What happened in one round of a row. Times of operations are in microseconds. */
export interface Round {
  readonly operations: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly peakBytes: number
  /** Of long work: the peak when the first million was done. */
  readonly peakOfFirstMillion?: number
}

const MOST_SAMPLES = 2 ** 20

/** Counts the operations of a round, and times each. */
export class Meter {
  readonly #cpuBefore = process.cpuUsage()
  readonly #begin = performance.now()
  readonly #end: number
  #samples = new Float64Array(1024)
  #operations = 0
  #now = this.#begin

  constructor(seconds: number) {
    this.#end = this.#begin + seconds * 1000
  }

  /** As of the last look at the clock. */
  get isOver(): boolean {
    return this.#now >= this.#end
  }

  now(): number {
    return (this.#now = performance.now())
  }

  /** An operation that began then is over. Several that were one call: so many. */
  done(since: number, count = 1): void {
    const micros = (this.now() - since) * 1000
    for (let i = 0; i < count; i++) this.#keep(micros)
  }

  #keep(micros: number): void {
    const at = this.#operations++ % MOST_SAMPLES
    if (at === this.#samples.length) {
      const larger = new Float64Array(2 * at)
      larger.set(this.#samples)
      this.#samples = larger
    }
    this.#samples[at] = micros
  }

  result(): Round {
    const seconds = (performance.now() - this.#begin) / 1000
    const { user, system } = process.cpuUsage(this.#cpuBefore)
    const kept = this.#samples.subarray(0, Math.min(this.#operations, MOST_SAMPLES)).sort()
    const at = (share: number): number => kept[Math.floor(share * kept.length)] ?? 0
    return {
      operations: this.#operations,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      p50: at(0.5),
      p99: at(0.99),
      p999: at(0.999),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }
  }
}

/** So many loops, each of one operation after the other, until the round is over. */
export async function lanes(
  meter: Meter,
  count: number,
  operation: (number: number) => PromiseLike<unknown>,
): Promise<void> {
  let number = 0
  const lane = async (): Promise<void> => {
    do {
      const since = meter.now()
      await operation(number++)
      meter.done(since)
    } while (!meter.isOver)
  }
  await Promise.all(Array.from({ length: count }, lane))
}

/** Operations that are mere calls: a thousand between two looks at the clock. */
export function calls(meter: Meter, call: (number: number) => unknown): void {
  const BATCH = 1000
  let kept: unknown
  for (let number = 0; !meter.isOver; number += BATCH) {
    const since = meter.now()
    for (let i = 0; i < BATCH; i++) kept = call(number + i)
    const each = (meter.now() - since) / BATCH
    meter.done(meter.now() - each, BATCH)
  }
  if (kept === undefined) throw new Error('nothing was measured')
}
