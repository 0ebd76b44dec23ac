/** What became of each posting, kept beside the load and outside of the database. */

/** `under way` is what was begun and has no answer; `unknown` may have been applied or not. */
export type Fate = 'under way' | 'acknowledged' | 'refused' | 'unknown'

/** Plain, so that another process can be told. */
export type Records = readonly (readonly [id: string, fate: Fate])[]

export class Recorder {
  readonly #fates = new Map<string, Fate>()

  begin(id: string): void {
    if (this.#fates.has(id)) throw new Error(`${id} was begun before`)
    this.#fates.set(id, 'under way')
  }

  settle(id: string, fate: Fate): void {
    if (this.#fates.get(id) !== 'under way') throw new Error(`${id} is not under way`)
    this.#fates.set(id, fate)
  }

  get records(): Records {
    return [...this.#fates]
  }
}

/** What must not be there and is, or must and is not: a line each, and none when all is well. */
export function judge(records: Records, found: ReadonlySet<string>): string[] {
  const fates = new Map(records)
  const lost = records.filter(([id, fate]) => fate === 'acknowledged' && !found.has(id))
  const applied = records.filter(([id, fate]) => fate === 'refused' && found.has(id))
  const strangers = [...found].filter((id) => !fates.has(id))
  return [
    ...lost.map(([id]) => `${id} was acknowledged, and is not there`),
    ...applied.map(([id]) => `${id} was said not to be applied, and is there`),
    ...strangers.map((id) => `${id} was never tried, and is there`),
  ]
}
