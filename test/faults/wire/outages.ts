/**
 * The load of the faults, on the simulated wire: each client has a recorder, which outlives all that the cluster goes through.
 * What must hold: calls with a timeout settle at it, to the tenth of a second; the others when the cluster is back; and
 * the database has all that was acknowledged, and nothing that was said not to be applied.
 */
import { Workload, type Database, type WorkloadContext } from 'fdbkit/simulation'
import { audit, populate } from '../load/ledger.ts'
import { Load } from '../load/load.ts'
import { judge, type Fate } from '../load/recorder.ts'

const LANES = 4
const CALLS = 120
const SECONDS_BETWEEN = 3
const ID = /^client(\d+)-/

/** A call without a timeout may wait for several outages, one behind the other. */
const PATIENCE = 600_000

export default class Outages extends Workload {
  #load: Load | undefined
  readonly #codes = new Map<number, number>()

  override async setup(db: Database, ctx: WorkloadContext): Promise<void> {
    if (ctx.clientId === 0) await populate(db)
  }

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    this.#load = new Load(db, {
      name: `client${ctx.clientId}`,
      lanes: LANES,
      timeout: 2000,
      slack: 100,
      patience: PATIENCE,
      random: () => ctx.random(),
      // Some calls begin at once, together with the first outage.
      pause: () => ctx.delay(ctx.random() < 0.2 ? 0 : ctx.random() * 2 * SECONDS_BETWEEN),
      settled: (_, { code = 0 }) => this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1),
    })
    await this.#load.run(CALLS)
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    const { records } = this.#load!.recorder
    const { found, problems } = await audit(db)
    const own = new Set([...found].filter((id) => Number(ID.exec(id)?.[1]) === ctx.clientId))
    const wrong = [...problems, ...judge(records, own)]
    const count = (fate: Fate): number => records.filter(([, each]) => each === fate).length
    ctx.trace(wrong.length === 0 ? 'info' : 'error', 'OutagesChecked', {
      Acknowledged: count('acknowledged'),
      Refused: count('refused'),
      Unknown: count('unknown'),
      Codes: JSON.stringify(Object.fromEntries(this.#codes)),
      Wrong: wrong.slice(0, 5).join('; '),
    })
    return wrong.length === 0
  }
}
