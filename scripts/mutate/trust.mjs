// Which checks may be believed: those that were seen to pass here, on the sources as they are or on another mutant, and how
// long each then takes.

/** Seconds: until a check was seen to pass, and the least that it has afterwards. */
const FIRST_LIMITS = { program: 60, file: 240 }
const LEAST_LIMIT = 20

export const nameOf = ({ program, file }) => program ?? file

const firstLimitOf = ({ program }) => FIRST_LIMITS[program === undefined ? 'file' : 'program']

export class Trust {
  #seconds = new Map()

  limitOf(check) {
    const seconds = this.#seconds.get(nameOf(check))
    return seconds === undefined ? firstLimitOf(check) : Math.max(LEAST_LIMIT, 8 * seconds)
  }

  passed(check, seconds) {
    const most = Math.max(seconds, this.#seconds.get(nameOf(check)) ?? 0)
    this.#seconds.set(nameOf(check), most)
  }

  /** Runs a check that has ended a mutant and was never seen to pass without it: one that fails anyway says nothing. */
  async require(check, lane) {
    if (this.#seconds.has(nameOf(check))) return
    const { code, seconds } = await lane.run(check, undefined, firstLimitOf(check))
    if (code !== 0) throw new Error(`${nameOf(check)} fails without a mutant: ${code}`)
    this.passed(check, seconds)
  }
}
