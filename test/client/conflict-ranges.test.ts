import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Transaction } from '../../src/index.ts'
import { emptyScope, openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())
const scope = emptyScope(db, 'conflict-ranges')
const prefix = scope.getPrefix().toString()

type Pair = [begin: string, end: string]

/** The ranges of this scope, without its prefix. */
function pairs(ranges: readonly { begin: Buffer; end: Buffer }[]): Pair[] {
  const found: Pair[] = []
  for (const { begin, end } of ranges) {
    if (!begin.toString('latin1').startsWith(prefix)) continue
    const [from, to] = [begin, end].map((key) => key.toString('latin1').slice(prefix.length))
    found.push([from!, to!])
  }
  return found
}

/** Sorted, with what touches put together: as conflict ranges are kept. */
function merged(ranges: readonly Pair[]): Pair[] {
  const all: Pair[] = []
  for (const [begin, end] of ranges.filter(([a, b]) => a < b).sort()) {
    const last = all.at(-1)
    if (last !== undefined && begin <= last[1]) last[1] = last[1] > end ? last[1] : end
    else all.push([begin, end])
  }
  return all
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
const range = fc.tuple(key, key).map(([a, b]): Pair => (a < b ? [a, b] : [b, a]))

describe('the ranges of a transaction', () => {
  test('are those that were added, put together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(range), fc.array(range), async (reads, writes) => {
        using tn = scope.createTransaction()
        for (const [begin, end] of reads) tn.conflicts.addReadRange(begin, end)
        for (const [begin, end] of writes) tn.conflicts.addWriteRange(begin, end)
        expect(pairs(await tn.conflicts.getRead())).toEqual(merged(reads))
        expect(pairs(await tn.conflicts.getWritten())).toEqual(merged(writes))
      }),
      { numRuns: 30 },
    )
  })

  test('are those of its reads and writes', async () => {
    using tn = scope.createTransaction()
    await tn.get('read')
    await tn.snapshot().get('snapshot')
    tn.set('written', '')
    expect(pairs(await tn.conflicts.getRead())).toEqual([['read', 'read\0']])
    expect(pairs(await tn.conflicts.getWritten())).toEqual([['written', 'written\0']])
  })
})

async function failToCommit(tn: Transaction): Promise<void> {
  await tn.get('a')
  await tn.get('c')
  tn.set('x', '')
  await scope.set('c', 'changed')
  await expect(tn.commit()).rejects.toMatchObject({ code: 1020 })
}

describe('a commit that conflicts', () => {
  test('says with what, when it was asked to', async () => {
    using tn = scope.createTransaction({ report_conflicting_keys: true })
    await failToCommit(tn)
    expect(pairs(await tn.conflicts.getConflicting())).toEqual([['c', 'c\0']])
    await tn.onError(1020)
    expect(pairs(await tn.conflicts.getConflicting())).toEqual([['c', 'c\0']])
  })

  test('says with what to the attempt that follows', async () => {
    const seen: Pair[][] = []
    await scope.doTransaction(
      async (tn, attempt) => {
        seen.push(pairs(await tn.conflicts.getConflicting()))
        await tn.get('c')
        tn.set('x', '')
        if (attempt.number === 1) await scope.set('c', 'changed')
      },
      { report_conflicting_keys: true },
    )
    expect(seen).toEqual([[], [['c', 'c\0']]])
  })

  test('says nothing when it was not', async () => {
    using tn = scope.createTransaction()
    await failToCommit(tn)
    expect(await tn.conflicts.getConflicting()).toEqual([])
  })
})
