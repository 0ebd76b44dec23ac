/** The best players: keys sort by what is in them, so a second scope of keys is an index. */
import { allKeys, encoders, open } from 'fdbkit'

const db = open()
const points = db.at('points/', encoders.string, encoders.json<number>())
const ranking = db.at('ranking/', encoders.tuple<[points: number, player: string]>())

/** The old place goes and the new one comes in one transaction. */
async function score(player: string, won: number): Promise<void> {
  await db.doTransaction(async (tn) => {
    const before = await tn.at(points).get(player)
    const now = (before ?? 0) + won
    if (before !== undefined) tn.at(ranking).clear([before, player])
    tn.at(ranking).set([now, player], '')
    tn.at(points).set(player, now)
  })
}

await Promise.all([score('ada', 7), score('ben', 3), score('cyd', 5), score('ben', 6)])

const best = await ranking.getRangeAll(allKeys, undefined, { reverse: true, limit: 2 })
for (const [[total, player]] of best) console.log(player, total)
db.close()

// Prints:
// ben 9
// ada 7
