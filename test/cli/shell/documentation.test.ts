// Replays what docs/shell.md shows.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openEmbedded } from '../../../src/index.ts'
import { Typist } from './transcript.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/shell.md'), 'utf8')
const shown = [...page.matchAll(/^```text\n(.*?)^```$/gms)].flatMap((block) =>
  block[1]!.trimEnd().split('\n'),
)

const db = openEmbedded()
afterAll(() => db.close())

/** What differs from run to run: versions, stamps, and prefixes that chance allocates. */
function steady(line: string): string {
  return line
    .replace(/^Committed \(\d+\)$/, 'Committed')
    .replace(/[0-9a-f]{20}/, 'STAMP')
    .replace(/has the prefix .*$/, 'has the prefix')
}

test('docs/shell.md shows what the shell prints', async () => {
  await using shell = new Typist(db)
  const printed: string[] = []
  for (const line of shown) {
    const typed = /^fdb.*?> (.*)$/.exec(line)?.[1]
    if (typed === undefined) continue
    printed.push(`${shell.session.prompt}${typed}`)
    for (const each of await shell.type(typed)) {
      printed.push(each.replace(/^# /, '').replace(/^ERROR /, 'ERROR: '))
    }
  }
  expect(printed.length).toBeGreaterThan(40)
  expect(printed.map(steady)).toEqual(shown.map(steady))
})
