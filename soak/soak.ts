/** The soak: intervals of work, and what is looked at between them, when nothing is under way. */
import { turns } from './chance.ts'
import { belongings, more, standing, weigh, type Belongings, type Standing } from './gauges.ts'
import type { Ground } from './ground.ts'
import type { Lanes } from './lanes.ts'
import { FEWEST_SAMPLES, verdictOn } from './verdict.ts'
import { insist, Violation } from './violation.ts'

/** What was seen at the end of an interval. */
export interface Sample extends Belongings, Standing {
  readonly minutes: number
  readonly operations: number
  /** In this interval, without the look at its end. */
  readonly perSecond: number
  readonly resident: number
  readonly heap: number
}

/** One interval: work until the promise settles, or for so many operations. */
export interface Interval {
  readonly until: Promise<unknown>
  readonly operations?: number | undefined
}

/** What belongs to the process in its first intervals only: threads and pipes are made when they are first needed. */
const WARM_UP = 2

/** What the last operations have left to end by itself is ahead of these reads: no clock, so no busy machine, decides. */
const GRACE_TRIPS = 500

export class Soak {
  readonly samples: Sample[] = []
  readonly #ground: Ground
  readonly #lanes: Lanes
  readonly #began = performance.now()
  readonly #standing: Standing = standing()
  #belongings: Belongings | undefined

  /** Counts what is alive now: nothing that it begins may be left. */
  constructor(ground: Ground, lanes: Lanes) {
    this.#ground = ground
    this.#lanes = lanes
  }

  /** @throws Violation */
  async work({ until, operations }: Interval): Promise<Sample> {
    const [since, begun] = [performance.now(), this.#lanes.begun]
    await this.#lanes.run(until, operations)
    const seconds = (performance.now() - since) / 1000
    await this.#becomeQuiet()
    await this.#ground.check()
    await this.#becomeQuiet()
    const sample: Sample = {
      ...standing(),
      ...belongings(),
      ...(await weigh()),
      minutes: (performance.now() - this.#began) / 60_000,
      operations: this.#lanes.begun,
      perSecond: (this.#lanes.begun - begun) / seconds,
    }
    this.samples.push(sample)
    this.#lookAtBelongings(sample)
    return sample
  }

  /** What is left behind by its owner is seen before a collection finds it. */
  async #becomeQuiet(): Promise<void> {
    await this.#ground.fireWatches(`after ${this.#lanes.begun}`)
    let left = more(this.#standing, standing())
    for (let trip = 0; trip < GRACE_TRIPS && left !== undefined; trip++) {
      await this.#ground.db.get('plain')
      await turns(1)
      left = more(this.#standing, standing())
    }
    insist(left === undefined, `nothing is under way, and there are ${left}`)
  }

  #lookAtBelongings({ descriptors, threads }: Sample): void {
    if (this.samples.length <= WARM_UP) this.#belongings = { descriptors, threads }
    const above = more(this.#belongings as Belongings, { descriptors, threads })
    insist(above === undefined, `nothing is under way, and there are ${above}`)
  }

  /**
   * Whether memory has stayed where it was: a line for people.
   *
   * @throws Violation
   */
  judgeMemory(): string {
    const lines = (['resident', 'heap'] as const).map((what) => {
      const verdict = verdictOn(this.samples.map((sample) => sample[what]))
      if (verdict === undefined) return undefined
      const { before, after, isFlat } = verdict
      const line = `${what} memory: ${mebibytes(before)} MiB, then ${mebibytes(after)} MiB`
      if (!isFlat) throw new Violation(`${line}: more than 5 % above`)
      return `${line} (${percent(after / before - 1)})`
    })
    const said = lines.filter((line) => line !== undefined)
    return said.length > 0
      ? said.join('\n')
      : `memory is not judged: ${this.samples.length} samples, and it takes ${FEWEST_SAMPLES}`
  }
}

export const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
const percent = (share: number): string => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`
