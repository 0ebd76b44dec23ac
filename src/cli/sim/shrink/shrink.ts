/**
 * Makes a failing program as small as it can: by running the simulation again, with less in it.
 *
 * First the pauses go, so that commands meet, then whole clients, then runs of commands, half of them at a time and ever
 * fewer, then faults, then the arguments become smaller. A program that is another one meets other faults at other moments,
 * so each is tried under a few seeds of the simulation; what is drawn for the program itself stays.
 */
import type { Edits } from '../../../simulation/model/edits.ts'

/** What is tried. */
export interface Candidate {
  readonly edits: Edits
  /** Of the simulation. */
  readonly seed: number
  readonly buggify: boolean
  /** Fault workloads of the test that are left out. */
  readonly without: readonly string[]
}

export interface Trial {
  /** It fails as the first one did. */
  readonly fails: boolean
  /** Arguments that were to be smaller could not be. */
  readonly isExhausted: boolean
}

export interface ShrinkTask {
  readonly first: Candidate
  /** How many commands each client has. */
  readonly counts: readonly number[]
  readonly faults: readonly string[]
  readonly run: (candidate: Candidate, lane: number) => Promise<Trial>
  readonly lanes: number
  /** Whether the time is over. */
  readonly isOver: () => boolean
}

export interface Shrunk {
  readonly best: Candidate
  readonly commands: number
  readonly clients: number
  readonly simulations: number
}

/** Seeds of the simulation that a smaller program is tried under. */
const SEEDS = 6
/** Smaller values of one argument that are tried before it is left as it is. */
const MOST_VALUES = 8

type Keep = readonly (readonly number[])[]
type Place = readonly [client: number, index: number]

export async function shrink(task: ShrinkTask): Promise<Shrunk> {
  const shrinking = new Shrinking(task)
  await shrinking.run()
  return shrinking.shrunk
}

class Shrinking {
  readonly #task: ShrinkTask
  #best: Candidate
  #keep: Keep
  #simulations = 0

  constructor(task: ShrinkTask) {
    this.#task = task
    this.#keep = task.counts.map((count) => Array.from({ length: count }, (_, i) => i))
    this.#best = task.first
  }

  get shrunk(): Shrunk {
    const commands = this.#places.length
    const clients = this.#keep.filter((kept) => kept.length > 0).length
    return { best: this.#best, commands, clients, simulations: this.#simulations }
  }

  async run(): Promise<void> {
    await this.#tryOut({ edits: { ...this.#best.edits, noPauses: true } })
    for (let client = 0; client < this.#keep.length; client++) {
      await this.#without(this.#places.filter(([whose]) => whose === client))
    }
    await this.#fewerCommands()
    await this.#fewerFaults()
    await this.#smallerArguments()
    await this.#fewerCommands()
  }

  get #places(): Place[] {
    return this.#keep.flatMap((kept, client) => kept.map((index) => [client, index] as const))
  }

  async #fewerCommands(): Promise<void> {
    for (
      let size = Math.ceil(this.#places.length / 2);
      size > 0;
      size = size === 1 ? 0 : Math.ceil(size / 2)
    ) {
      for (let at = 0; at < this.#places.length && !this.#task.isOver();) {
        const isGone = await this.#without(this.#places.slice(at, at + size))
        if (!isGone) at += size
      }
    }
  }

  async #without(places: readonly Place[]): Promise<boolean> {
    if (places.length === 0 || places.length === this.#places.length) return false
    const gone = new Set(places.map((place) => place.join()))
    const keep = this.#keep.map((kept, client) => kept.filter((i) => !gone.has(`${client},${i}`)))
    const isFailing = await this.#tryOut({ edits: { ...this.#best.edits, keep } })
    if (isFailing) this.#keep = keep
    return isFailing
  }

  async #fewerFaults(): Promise<void> {
    if (this.#best.buggify) await this.#tryOut({ buggify: false })
    for (const name of this.#task.faults) {
      await this.#tryOut({ without: [...this.#best.without, name] })
    }
  }

  async #smallerArguments(): Promise<void> {
    for (const place of this.#places) {
      for (let steps = 0; steps < MOST_VALUES && !this.#task.isOver();) {
        const { edits } = this.#best
        const name = place.join('/')
        const path = [...(edits.smaller?.[name] ?? []), steps]
        const smaller = { ...edits.smaller, [name]: path }
        const outcome = await this.#tried({ edits: { ...edits, smaller } })
        if (outcome === 'exhausted') break
        steps = outcome === 'fails' ? 0 : steps + 1
      }
    }
  }

  async #tryOut(changes: Partial<Candidate>): Promise<boolean> {
    return (await this.#tried(changes)) === 'fails'
  }

  /** Under a few seeds; with the first that fails it is the best one. */
  async #tried(changes: Partial<Candidate>): Promise<'fails' | 'passes' | 'exhausted'> {
    const { isOver, lanes, run } = this.#task
    const { seed } = this.#best
    for (let from = 0; from < SEEDS && !isOver(); from += lanes) {
      const tried = Array.from({ length: lanes }, (_, i) => {
        return { ...this.#best, ...changes, seed: seed + from + i }
      })
      this.#simulations += tried.length
      const trials = await Promise.all(tried.map((candidate, lane) => run(candidate, lane)))
      if (trials.some(({ isExhausted }) => isExhausted)) return 'exhausted'
      const failing = tried.find((_, i) => trials[i]?.fails === true)
      if (failing === undefined) continue
      this.#best = failing
      return 'fails'
    }
    return 'passes'
  }
}
