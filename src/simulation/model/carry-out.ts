/** Carries commands out. Each leaves its number in its transaction, so that it is known afterwards whether and where it was. */
import type { Database } from '../../client/database/database.ts'
import type { WorkloadContext } from '../author/workload-context.ts'
import type { ModelCommand } from './model-definition.ts'
import type { Step } from './program.ts'

const PREFIX = 'fdbkit.model/'
const LOG = `${PREFIX}log/`
const MARKS = `${PREFIX}mark/`
const STAMP_BYTES = 10

/** What is known of a command: its answer, and between which commits it was when it left no mark. */
export interface DoneRecord {
  readonly from: string
  to: string | undefined
  answer: { readonly value: unknown } | undefined
}

/** By `client/index`. */
export type History = Map<string, DoneRecord>

export async function carryOut(
  db: Database,
  ctx: WorkloadContext,
  step: Step,
  command: ModelCommand<unknown, unknown>,
  history: History,
): Promise<void> {
  const name = `${step.client}/${step.index}`
  const { transaction, read, database } = command
  if (transaction !== undefined) {
    const answer = await inTransaction(db, name, (tn) => transaction(tn, step.args, ctx))
    history.set(name, { from: '', to: undefined, answer: { value: answer } })
  } else if (read !== undefined) {
    const [answer, version] = await db.doTransaction(async (tn) => [
      await read(tn, step.args, ctx),
      await tn.getReadVersion(),
    ])
    const place = placeBehind(version)
    history.set(name, { from: place, to: place, answer: { value: answer } })
  } else if (database !== undefined) {
    const record: DoneRecord = { from: await now(db), to: undefined, answer: undefined }
    history.set(name, record)
    record.answer = { value: await database(db, step.args, ctx) }
    record.to = await now(db)
  }
}

/** Once, whatever becomes of its commits: an attempt that finds the mark of one before answers as that did. */
async function inTransaction(
  db: Database,
  name: string,
  body: (tn: Parameters<Parameters<Database['doTransaction']>[0]>[0]) => Promise<unknown>,
): Promise<unknown> {
  const answers = new Map<number, unknown>()
  const applied = await db.doTransaction(async (tn, attempt) => {
    const mark = await tn.get(`${MARKS}${name}`)
    if (mark !== undefined) return Number(mark.toString())
    answers.set(attempt.number, await body(tn))
    tn.set(`${MARKS}${name}`, String(attempt.number))
    tn.versionstamps.setSuffixedKey(LOG, name)
    return attempt.number
  })
  return answers.get(applied)
}

/** The stamps of the commands that were committed, by `client/index`. */
export async function readPlaces(db: Database): Promise<ReadonlyMap<string, string>> {
  const rows = await db.getRangeAllStartsWith(LOG)
  return new Map(
    rows.map(([key, name]) => {
      const stamp = key.subarray(LOG.length, LOG.length + STAMP_BYTES).toString('hex')
      return [name.toString(), stamp]
    }),
  )
}

async function now(db: Database): Promise<string> {
  return placeBehind(await db.doTransaction((tn) => tn.getReadVersion()))
}

/** Behind all commits of the version, and before those of the next. */
function placeBehind(version: bigint): string {
  return `${version.toString(16).padStart(16, '0')}~`
}
