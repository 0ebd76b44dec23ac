import { expect, test } from 'vitest'
import { Draw } from '../differential/draw.ts'
import { SEED_COUNT } from '../support/seeds.ts'
import { compareStreams, runOnReference, seedOf } from './reference/compare-streams.ts'
import { generatePrograms } from './reference/generate-programs.ts'
import { textOf } from './reference/program.ts'

/** More in the long mode. */
const STREAMS_OF_A_KIND = Math.max(48, SEED_COUNT)
compareStreams({ apiVersion: 740, streamsOfAKind: STREAMS_OF_A_KIND, firstSeed: 1 })

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
