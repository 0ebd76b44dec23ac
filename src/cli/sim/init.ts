/** `fdbkit sim init NAME`: a workload to begin with, and its test file. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError, messageOf, UsageError } from '../ground/errors.ts'

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** Writes NAME.ts and NAME.toml into the folder, or nothing. Returns their paths. */
export function writeStarter(name: string, folder: string): readonly string[] {
  if (!NAME.test(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} is no name of a workload: it has letters, digits, - and _, begins with a ` +
        'letter, and has at most 64 of them',
    )
  }
  const files = new Map([
    [join(folder, `${name}.ts`), moduleText(name)],
    [join(folder, `${name}.toml`), testText(name)],
  ])
  for (const path of files.keys()) {
    if (existsSync(path)) throw new UsageError(`there is a file ${path} already`)
  }
  for (const [path, text] of files) write(path, text)
  return [...files.keys()]
}

/** Folders can be gone (the one this runs in, too), full, or somebody else's. */
function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { flag: 'wx' })
  } catch (error) {
    throw new CommandError(`${path} can't be written: ${messageOf(error)}`)
  }
}

function moduleText(name: string): string {
  return `/**
 * Counts. Every client adds to one counter, while the network is cut, machines reboot, and commits have an
 * unknown outcome. What must hold: the counter has one for each time that was counted.
 */
import { defineWorkload } from 'fdbkit/simulation'

const COUNTER = '${name}/counter'
const ONE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])

export default defineWorkload({
  // ${name}.toml may set them; the default says the type.
  options: { count: 20 },

  // Before the faults begin. Every client runs it: one of them fills the database.
  async setup(db, ctx) {
    if (ctx.clientId === 0) await db.set(COUNTER, Buffer.alloc(8))
  },

  // The work, under faults.
  async start(db, ctx) {
    for (let i = 0; i < ctx.options.count; i++) {
      // After a commit of unknown outcome the function runs again: the mark says if it was applied.
      const mark = \`${name}/mark/\${ctx.clientId}/\${i}\`
      await db.doTransaction(async (tn) => {
        if ((await tn.get(mark)) !== undefined) return
        tn.set(mark, '')
        tn.add(COUNTER, ONE)
      })
      await ctx.delay(ctx.random())
    }
    ctx.trace('info', 'Counted', { Client: ctx.clientId })
  },

  // When all clients are done and the faults are over. Only true passes.
  async check(db, ctx) {
    const value = await db.get(COUNTER)
    const found = value === undefined ? 0n : value.readBigInt64LE()
    const expected = BigInt(ctx.clientCount * ctx.options.count)
    if (found !== expected) ctx.trace('error', 'WrongCount', { Found: found, Expected: expected })
    return found === expected
  },

  metrics: (ctx) => ({ Counted: ctx.options.count }),
})
`
}

function testText(name: string): string {
  return `# fdbkit sim ${name}.toml --seeds 1..100

[[test]]
testTitle = '${name}'

  # The workload: an export of ${name}.ts, and its options.
  [[test.workload]]
  testName = 'External'
  useCAPI = true
  libraryPath = '.'
  libraryName = 'fdbkit_workload'
  workloadName = 'default'
  count = 20

  # What happens meanwhile.
  [[test.workload]]
  testName = 'RandomClogging'
  testDuration = 10.0

  [[test.workload]]
  testName = 'Rollback'
  testDuration = 10.0
  meanDelay = 5.0

  [[test.workload]]
  testName = 'Attrition'
  testDuration = 10.0
`
}
