import { afterAll, expect, test } from 'vitest'
import { open } from '../../../src/index.ts'
import type { Database } from '../../../src/index.ts'
import { engineLibraryPath } from '../../../src/native/library/engine-path.ts'
import { runStackTester } from '../../../src/testing/stack-tester/run-stack-tester.ts'
import { ModelDatabase, ModelTransaction } from '../../client/model/model-database.ts'
import { Draw } from '../../differential/draw.ts'
import { STAMPED_KEYS, STAMPED_VALUES } from './generate-access.ts'
import { generatePrograms, KINDS } from './generate-programs.ts'
import type { Kind } from './generate-programs.ts'
import { MAIN, pairsOf, textOf } from './program.ts'
import type { Programs } from './program.ts'
import { ReferenceMachine } from './reference-machine.ts'

/** Which streams are compared, at which API version. */
export interface StreamPlan {
  readonly apiVersion: number
  readonly streamsOfAKind: number
  /** Streams of another first seed are other streams. */
  readonly firstSeed: number
}

type Contents = [key: string, value: string][]

/** What the tester leaves in the engine's database. */
async function runOnEngine(db: Database, programs: Programs): Promise<Contents> {
  await db.clearRange('', Buffer.of(0xff))
  await db.doOneshot((tn) => {
    for (const [key, value] of pairsOf(programs)) tn.set(key, value)
  })
  await runStackTester(db, Buffer.from(MAIN))
  // What directories keep about themselves is drawn by chance.
  const entries = await db.getRangeAll('', Buffer.of(0xfe))
  return entries.map(([key, value]) => [textOf(key), textOf(value)])
}

/** What the reference says that should be left. */
export function runOnReference(programs: Programs): Contents {
  const model = new ModelDatabase()
  const setUp = new ModelTransaction(model)
  for (const [key, value] of pairsOf(programs)) setUp.set(textOf(key), value)
  setUp.commit()
  new ReferenceMachine(model, programs, MAIN).run()
  return [...model.state]
    .map(([key, value]): [string, string] => [key, textOf(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

const keyStart = textOf(STAMPED_KEYS)
const valueStart = textOf(STAMPED_VALUES)
const STAMP = 10

/** Gives versionstamps the numbers of their order: nobody can know them before. */
function numberStamps(contents: Contents): Contents {
  const stampOf = ([key, value]: [string, string]): string | undefined => {
    if (key.startsWith(keyStart)) return key.slice(keyStart.length, keyStart.length + STAMP)
    return key.startsWith(valueStart) ? value.slice(0, STAMP) : undefined
  }
  const stamps = contents.map(stampOf).filter((stamp) => stamp !== undefined)
  const order = [...new Set(stamps)].sort()
  return contents.map((entry): [string, string] => {
    const stamp = stampOf(entry)
    if (stamp === undefined) return entry
    const number = `#${order.indexOf(stamp)} `
    const [key, value] = entry
    return key.startsWith(keyStart)
      ? [keyStart + number + key.slice(keyStart.length + STAMP), value]
      : [key, number + value.slice(STAMP)]
  })
}

/** Seeds of two kinds never meet. */
export function seedOf(kind: Kind, n: number): number {
  return KINDS.indexOf(kind) * 10_000 + n
}

/** Tests that the tester leaves what the reference leaves. A process has one API version: once a test file. */
export function compareStreams({ apiVersion, streamsOfAKind, firstSeed }: StreamPlan): void {
  const library = engineLibraryPath()
  const connectionString = 'named_stack_streams:embedded@127.0.0.1:1'
  const db = open({ library, connectionString, apiVersion })
  afterAll(() => db.close())

  for (const kind of KINDS) {
    const first = seedOf(kind, firstSeed)
    const last = first + streamsOfAKind - 1
    const seeds = `seeds ${first} to ${last}`
    test(`${streamsOfAKind} streams of kind ${kind}, ${seeds}, leave at ${apiVersion} what the reference leaves`, async () => {
      for (let seed = first; seed <= last; seed++) {
        const programs = generatePrograms(kind, new Draw(seed))
        const [left, expected] = [await runOnEngine(db, programs), runOnReference(programs)]
        expect(numberStamps(left), `seed ${seed}`).toEqual(numberStamps(expected))
      }
    })
  }
}
