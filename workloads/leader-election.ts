/**
 * The leader election recipe. What must hold: by the clock, no two lead at once; of what leaders write under
 * the guard of their lease, nothing of an earlier term comes after something of a later one; and each candidate
 * gets its turns.
 *
 * A leader whose messages are held up long enough loses its lease without hearing of it: only the guard keeps it from
 * writing. A renewal or a release of unknown outcome must not give the lease to two.
 */
import { tuple } from 'fdbkit'
import { encoders, Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'
import { LeaderElection, LeaseLostError } from 'fdbkit/recipes'

interface Reign {
  readonly term: number
  /** By the clock of the simulation, which is the same for all; none when the lease was over before it was known. */
  readonly time?: readonly [began: number, ended: number]
}

/** What leaders did, in the order of the commits. */
const deeds = (db: Database) => db.at('deeds/', encoders.tuple, encoders.json)
const reigns = (db: Database) => db.at('reigns/', encoders.tuple, encoders.json)

export default class Election extends Workload {
  readonly #reigns: Reign[] = []

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const election = new LeaderElection(db.at('leader/'), `client ${ctx.clientId}`, {
      leaseMilliseconds: ctx.option('lease', 3000),
    })
    for (let i = 0; i < ctx.option('terms', 3); i++) {
      await election.lead(async (leadership) => {
        const wasHeld = leadership.isHeld
        const began = ctx.now()
        let ended = began
        for (let deed = 0; deed < ctx.option('deeds', 4) && leadership.isHeld; deed++) {
          ended = ctx.now()
          try {
            await db.doTransaction(async (tn) => {
              await leadership.guard(tn)
              const key = [tuple.unboundVersionstamp()]
              tn.at(deeds(db)).versionstamps.setKey(key, Number(leadership.token), false)
            })
          } catch (error) {
            if (!(error instanceof LeaseLostError)) throw error
            ctx.trace('info', 'LeaseLost', { Term: leadership.token })
            break
          }
          await ctx.delay(ctx.random() * ctx.option('pause', 0.4))
        }
        if (leadership.isHeld) ended = ctx.now()
        const term = Number(leadership.token)
        this.#reigns.push(wasHeld ? { term, time: [began, ended] } : { term })
      })
      await ctx.delay(ctx.random() * ctx.option('pause', 0.4))
    }
    await reigns(db).doTransaction((tn) => {
      for (const reign of this.#reigns) tn.set([reign.term], reign)
    })
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    if (ctx.clientId !== 0) return true
    const terms = (await deeds(db).getRangeAll([])).map(([, term]) => Number(term))
    const line = (await reigns(db).getRangeAll([])).map(([, reign]) => reign as Reign)
    const fenced = terms.every((term, i) => i === 0 || terms[i - 1]! <= term)
    const times = line.flatMap(({ time }) => (time === undefined ? [] : [time]))
    const apart = times.every(([began], i) => i === 0 || times[i - 1]![1] <= began)
    const complete = line.length === ctx.clientCount * ctx.option('terms', 3)
    ctx.trace(fenced && apart && complete ? 'info' : 'error', 'ElectionChecked', {
      Reigns: line.length,
      Deeds: terms.length,
      Fenced: fenced,
      Apart: apart,
    })
    return fenced && apart && complete
  }
}
