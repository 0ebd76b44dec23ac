import { afterAll, expect, test } from 'vitest'
import { open } from '../../src/index.ts'
import { engineLibraryPath } from '../../src/native/engine-path.ts'
import { runStackTester } from '../../src/testing/stack-tester/run-stack-tester.ts'
import { ModelDatabase, ModelTransaction } from '../client/model/model-database.ts'
import { Draw } from '../differential/draw.ts'
import { SEED_COUNT } from '../support/seeds.ts'
import { STAMPED_KEYS, STAMPED_VALUES } from './reference/generate-access.ts'
import { generatePrograms, KINDS } from './reference/generate-programs.ts'
import type { Kind } from './reference/generate-programs.ts'
import { MAIN, pairsOf, textOf } from './reference/program.ts'
import type { Programs } from './reference/program.ts'
import { ReferenceMachine } from './reference/reference-machine.ts'

/** More in the long mode. */
const STREAMS_OF_A_KIND = Math.max(48, SEED_COUNT)
const library = engineLibraryPath()
const connectionString = 'named_stack_streams:embedded@127.0.0.1:1'
const db = open({ library, connectionString, apiVersion: 740 })
afterAll(() => db.close())

type Contents = [key: string, value: string][]

/** What the tester leaves in the engine's database. */
async function runOnEngine(programs: Programs): Promise<Contents> {
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
function runOnReference(programs: Programs): Contents {
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

function seedOf(kind: Kind, n: number): number {
  return KINDS.indexOf(kind) * 10_000 + n
}

for (const kind of KINDS) {
  const last = seedOf(kind, STREAMS_OF_A_KIND)
  test(`${STREAMS_OF_A_KIND} streams of kind ${kind}, seeds ${seedOf(kind, 1)} to ${last}, leave what the reference leaves`, async () => {
    for (let seed = seedOf(kind, 1); seed <= last; seed++) {
      const programs = generatePrograms(kind, new Draw(seed))
      const [left, expected] = [await runOnEngine(programs), runOnReference(programs)]
      expect(numberStamps(left), `seed ${seed}`).toEqual(numberStamps(expected))
    }
  }, 600_000)
}

test('the conflicts among the streams are real', () => {
  let conflicts = 0
  const conflict = textOf(Buffer.from('\x01ERROR\0\x011020\0', 'latin1'))
  for (let n = 1; n <= STREAMS_OF_A_KIND; n++) {
    const programs = generatePrograms('conflicts', new Draw(seedOf('conflicts', n)))
    for (const [key, value] of runOnReference(programs)) {
      if (
        key.startsWith('log/') &&
        value.includes(conflict.slice(0, 6)) &&
        value.includes('1020')
      ) {
        conflicts++
      }
    }
  }
  expect(conflicts).toBeGreaterThan(STREAMS_OF_A_KIND / 2)
})
