import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseHandle } from '../../src/future/handles/database-handle.ts'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { embeddedLibrary } from '../../src/native/library/library.ts'
import { startNetwork } from '../../src/native/library/network.ts'
import { FIRST_SYSTEM_SEED, difference, transcriptOf } from './transcripts.ts'

const folder = join(import.meta.dirname, 'recordings')
const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => Number.parseInt(name, 10))
  .sort((a, b) => a - b)

const open = () => DatabaseHandle.open({ connectionString: 'replay:engine@127.0.0.1:1' })
let control: DatabaseHandle
beforeAll(() => {
  startNetwork({ library: embeddedLibrary(), apiVersion: 740 })
  control = open()
})
afterAll(() => control.close())

function expectSame(seed: number, expected: readonly string[], actual: readonly string[]): void {
  const found = difference(expected, actual)
  if (found !== undefined) expect.fail(`seed ${seed}: ${found}`)
}

test('a seed decides everything that a stream answers', async () => {
  for (const from of [1001, FIRST_SYSTEM_SEED]) {
    for (let seed = from; seed < from + 40; seed++) {
      const first = await transcriptOf(seed, open, control)
      expect(first.length).toBeGreaterThan(50)
      expectSame(seed, first, await transcriptOf(seed, open, control))
    }
  }
})

test('the comparison runs as a program, without a cluster against itself', () => {
  const program = join(packageRoot(), 'scripts', 'differential.mjs')
  const args = [program, '--self', '--seeds', '1..3']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stdout, stderr).toBe('3 streams, 0 with a difference\n')
  expect(status).toBe(0)
})

describe('streams that a real cluster answered', () => {
  test.runIf(recorded.length > 0)('are answered alike by the engine', async () => {
    for (const seed of recorded) {
      const text = readFileSync(join(folder, `${seed}.json`), 'utf8')
      expectSame(seed, JSON.parse(text) as string[], await transcriptOf(seed, open, control))
    }
  })

  // Both what the stream asks and what the cluster answered must be in a recording.
  test.runIf(recorded.length > 0)('differ from each other', () => {
    const texts = recorded.map((seed) => readFileSync(join(folder, `${seed}.json`), 'utf8'))
    expect(new Set(texts).size).toBe(recorded.length)
  })
})
