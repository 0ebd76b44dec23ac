const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A count with separators: `171,075`. */
export function count(value: number | bigint): string {
  return whole.format(value)
}

/** Prints what the parts of the demo did, and how fast. */
export class Report {
  readonly #write: (line: string) => void

  constructor(write: (line: string) => void = (line) => console.log(line)) {
    this.#write = write
  }

  heading(text: string): void {
    this.#write(`\n${text}`)
  }

  line(text: string): void {
    this.#write(`  ${text}`)
  }

  /** The rates of a part that touched `keys` keys in `operations` operations. */
  rate(work: { keys: number; operations: number; what: string }, ms: number): void {
    const perSecond = (value: number) => count((value * 1000) / Math.max(ms, 0.001))
    this.line(
      `${(ms / 1000).toFixed(2)} s: ${perSecond(work.keys)} keys/s, ` +
        `${perSecond(work.operations)} ${work.what}/s`,
    )
  }
}

/** Milliseconds that `work` takes, beside its result. */
export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const begin = performance.now()
  const result = await work()
  return { result, ms: performance.now() - begin }
}
