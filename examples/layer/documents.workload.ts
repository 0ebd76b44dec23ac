/**
 * The layer's simulation: clients add lines to a few documents, while the network is cut, machines die and commits have an unknown
 * outcome. What must hold: no line is lost, none is there twice, and each revision has one line more than the one before.
 *
 *     npx fdbkit sim documents.workload.ts --seeds 1..100
 */
import { defineWorkload, type Database } from 'fdbkit/simulation'
import { Documents, StaleRevisionError } from './documents.ts'

const IDS = ['plan', 'list', 'letter']

const documentsOf = (db: Database) => new Documents<string[]>(db.at('documents/'))

export default defineWorkload({
  options: { lines: 10 },

  async start(db, ctx) {
    const documents = documentsOf(db)
    for (let n = 0; n < ctx.options.lines; n++) {
      const id = IDS[ctx.randomInteger(0, IDS.length)]!
      await addLine(db, documents, id, `${ctx.clientId}:${n}`)
      await ctx.delay(ctx.random() * 0.5)
    }
  },

  async check(db, ctx) {
    const documents = documentsOf(db)
    const lines: string[] = []
    for (const id of IDS) {
      const history = await db.doTransaction((tn) => documents.history(tn, id))
      for (const [index, { revision, document }] of history.entries()) {
        const grown = revision === index + 1 && document.length === revision
        if (!grown) ctx.trace('error', 'WrongRevision', { Id: id, Revision: revision })
      }
      lines.push(...(history.at(-1)?.document ?? []))
    }
    const expected = ctx.clientCount * ctx.options.lines
    const isRight = lines.length === expected && new Set(lines).size === expected
    if (!isRight) ctx.trace('error', 'WrongLines', { Found: lines.length, Expected: expected })
    return isRight
  },
})

/** As a program does it: it reads, thinks, and writes; and begins again when somebody was faster. */
async function addLine(
  db: Database,
  documents: Documents<string[]>,
  id: string,
  line: string,
): Promise<void> {
  for (;;) {
    const before = await db.doTransaction((tn) => documents.read(tn, id))
    // Of a commit nobody knew whether it was applied: it was.
    if (before?.document.includes(line) === true) return
    const document = [...(before?.document ?? []), line]
    try {
      await db.doTransaction((tn) => documents.write(tn, id, before?.revision ?? 0, document))
      return
    } catch (error) {
      if (!(error instanceof StaleRevisionError)) throw error
    }
  }
}
