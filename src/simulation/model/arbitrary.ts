// Workloads by model: what is drawn, how it is carried out, and in which orders its answers may have come.
/**
 * Generators of arguments, as fast-check's arbitraries are. By their shape alone: the author brings the package, of the
 * release that is there, and nothing of it comes with this one.
 */

/** What was drawn, and what its shrinking needs to know. */
export interface Drawn<T> {
  /** The argument itself. */
  readonly value: T
  /** For `shrink`, which gets it back. */
  readonly context?: unknown
}

/** An arbitrary of fast-check, or what has the same two methods. */
export interface ArgumentGenerator<T> {
  /** Draws one. `random` is what fast-check's Random is; without a bias all values are as likely. */
  generate(random: never, bias: number | undefined): Drawn<T>
  /** Smaller ones, the smallest first, each with the context for its own shrinking. */
  shrink(value: T, context: unknown): Iterable<Drawn<T>>
}

/** Draws as the class Random of fast-check does, from a function that gives numbers in [0, 1). */
export class DrawingRandom {
  readonly #unit: () => number

  constructor(unit: () => number) {
    this.#unit = unit
  }

  /** The same stream: what is drawn from a copy is not drawn again. */
  clone(): DrawingRandom {
    return this
  }

  next(bits: number): number {
    return this.nextInt(0, 2 ** bits - 1)
  }

  nextBoolean(): boolean {
    return this.#unit() < 0.5
  }

  nextInt(min = -(2 ** 31), max = 2 ** 31 - 1): number {
    return min + Math.floor(this.#unit() * (max - min + 1))
  }

  nextBigInt(min: bigint, max: bigint): bigint {
    const size = max - min + 1n
    let number = 0n
    for (let bits = 0n; 1n << bits < size << 32n; bits += 32n) {
      number = (number << 32n) | BigInt(this.nextInt(0, 2 ** 32 - 1))
    }
    return min + (number % size)
  }

  nextDouble(): number {
    return this.#unit()
  }

  getState(): undefined {
    return undefined
  }
}

/** One in so many draws is near an end of what there is. */
const BIAS = 3

export function draw<T>(generator: ArgumentGenerator<T>, unit: () => number): Drawn<T> {
  return generator.generate(new DrawingRandom(unit) as never, BIAS)
}

/** The smaller value that lies so many steps aside; undefined where there is none. */
export function smaller<T>(
  generator: ArgumentGenerator<T>,
  { value, context }: Drawn<T>,
  steps: number,
): Drawn<T> | undefined {
  let left = steps
  for (const each of generator.shrink(value, context)) if (left-- === 0) return each
  return undefined
}
