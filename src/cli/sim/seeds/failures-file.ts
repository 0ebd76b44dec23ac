/** A file of seeds that have failed: they run first the next time. One seed a line; behind a `#` is what it failed with. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { CommandError, messageOf, UsageError } from '../../ground/errors.ts'
import { HIGHEST_SEED } from './highest-seed.ts'

/** More is no corpus that somebody looks through. */
const MOST_SEEDS = 10_000

export class FailuresFile {
  readonly #path: string
  readonly #seeds: Set<number>

  /** @throws UsageError for a file that can't be read, and one that names the line which is no seed. */
  constructor(path: string) {
    this.#path = path
    this.#seeds = existsSync(path) ? seedsIn(read(path), path) : new Set()
  }

  /** In the order of the file. */
  get seeds(): readonly number[] {
    return [...this.#seeds]
  }

  /**
   * Written at once, so that nothing is lost with the process. False: the file is full.
   *
   * @throws CommandError when it can't be written.
   */
  add(seed: number, problem: string): boolean {
    if (this.#seeds.has(seed)) return true
    if (this.#seeds.size >= MOST_SEEDS) return false
    this.#seeds.add(seed)
    const line = `${seed}  # ${problem.replaceAll(/\s+/g, ' ')}\n`
    try {
      appendFileSync(this.#path, line)
    } catch (error) {
      throw new CommandError(`can't write ${this.#path}: ${messageOf(error)}`)
    }
    return true
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`can't read ${path}: ${messageOf(error)}`)
  }
}

function seedsIn(text: string, path: string): Set<number> {
  const seeds = new Set<number>()
  for (const [at, line] of text.split('\n').entries()) {
    const word = line.replace(/#.*$/, '').trim()
    if (word === '') continue
    const seed = /^\d+$/.test(word) ? Number(word) : Infinity
    if (seed > HIGHEST_SEED) {
      throw new UsageError(`${path}:${at + 1}: a line is a seed, from 0 to ${HIGHEST_SEED}`)
    }
    seeds.add(seed)
  }
  if (seeds.size <= MOST_SEEDS) return seeds
  throw new UsageError(`${path} has ${seeds.size} seeds: ${MOST_SEEDS} at most`)
}
