/**
 * The best players of a game: points by player, and the ranking as an index, whose keys sort by points. Both change in one
 * transaction, so the ranking never says what the points do not.
 */
import { allKeys, encoders, keySelector, type Database } from 'fdbkit'
import { Once } from 'fdbkit/recipes'

export interface Place {
  player: string
  points: number
}

export class Leaderboard {
  readonly #points
  readonly #ranking
  readonly #once: Once

  constructor(db: Database) {
    this.#points = db.at('points/', encoders.string, encoders.json<number>())
    this.#ranking = db.at('ranking/', encoders.tuple<[points: number, player: string]>())
    this.#once = new Once(db.at('once/'))
  }

  /** Adds to a player's points, once, also when nobody knows whether the commit was applied. Returns the new sum. */
  async add(player: string, won: number): Promise<number> {
    return this.#once.run(async (tn) => {
      const points = tn.at(this.#points)
      const ranking = tn.at(this.#ranking)
      const before = await points.get(player)
      const now = (before ?? 0) + won
      if (before !== undefined) ranking.clear([before, player])
      ranking.set([now, player], '')
      points.set(player, now)
      return now
    })
  }

  /** The best first. Reads no more than it gives. */
  async best(count: number): Promise<Place[]> {
    const rows = await this.#ranking.getRangeAll(allKeys, undefined, {
      reverse: true,
      limit: count,
    })
    return rows.map(([[points, player]]) => ({ player, points }))
  }

  /** 1 for the best; undefined for who has not played. Counts those above. */
  async rankOf(player: string): Promise<number | undefined> {
    return this.#ranking.getRoot().doTransaction(async (tn) => {
      const points = await tn.at(this.#points).get(player)
      if (points === undefined) return undefined
      const behind = keySelector.firstGreaterThan([points, player] as const)
      const above = await tn.at(this.#ranking).getRangeAll(behind)
      return above.length + 1
    })
  }
}
