// The high-contention allocator: no number twice, short numbers, and the windows that the official clients
// and it agree on.
import { afterAll, describe, expect, it } from 'vitest'
import { HighContentionAllocator, encoders, tuple } from '../../../src/index.ts'
import { openTestDatabase } from '../../support/database.ts'

const base = openTestDatabase()
afterAll(() => base.close())

let spaces = 0
function newSpace() {
  const db = base.at(`space ${spaces++}/`)
  const layout = db.withKeyEncoding(encoders.tuple)
  return { db, layout, allocator: new HighContentionAllocator(db) }
}

/** What was allocated, as the numbers it stands for. */
function numbers(allocated: readonly Buffer[]): number[] {
  return allocated.map((bytes) => {
    const items = tuple.unpack(bytes)
    expect(items).toHaveLength(1)
    return items[0] as number
  })
}

async function counters(layout: ReturnType<typeof newSpace>['layout']) {
  const found = await layout.getRangeAllStartsWith([0])
  return found.map(([key, value]) => ({
    start: key[1] as number,
    count: Number(value.readBigInt64LE()),
  }))
}

describe('the allocator', () => {
  it('gives no number twice to transactions at the same time', async () => {
    const { db, allocator, layout } = newSpace()
    const one = () => db.doTransaction((tn) => allocator.allocate(tn))
    const allocated: number[] = []
    for (let round = 0; round < 8; round++) {
      allocated.push(...numbers(await Promise.all(Array.from({ length: 40 }, one))))
    }
    expect(new Set(allocated).size).toBe(320)
    // A window of 64 is left at 32 to 71 numbers, so 320 numbers leave four; the fifth has 1024.
    expect((await counters(layout)).at(-1)!.start).toBe(256)
    expect(Math.max(...allocated)).toBeLessThan(256 + 1024)
  })

  it('gives no number twice to allocations at the same time in one transaction', async () => {
    const { db, allocator } = newSpace()
    const allocated = await db.doTransaction((tn) =>
      Promise.all(Array.from({ length: 100 }, () => allocator.allocate(tn))),
    )
    expect(new Set(numbers(allocated)).size).toBe(100)
    const later = await allocator.allocate(db)
    expect(numbers(allocated)).not.toContain(numbers([later])[0])
  })

  it('gives what a transaction that failed had drawn to others', async () => {
    const { db, allocator, layout } = newSpace()
    const failing = db.doTransaction(async (tn) => {
      await allocator.allocate(tn)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await layout.getRangeAllStartsWith([])).toEqual([])
  })

  it('keeps one counter, and what is taken of its window', async () => {
    const { allocator, layout, db } = newSpace()
    const allocated: number[] = []
    for (let i = 0; i < 31; i++) allocated.push(...numbers([await allocator.allocate(db)]))
    expect(await counters(layout)).toEqual([{ start: 0, count: 31 }])
    const recent = (await layout.getRangeAllStartsWith([1])).map(([key]) => key[1] as number)
    expect(recent).toEqual(allocated.sort((a, b) => a - b))
    expect(Math.max(...allocated)).toBeLessThan(64)
    // The 32nd fills half of the window of 64: the next one begins, and the old one is forgotten.
    const [next] = numbers([await allocator.allocate(db)])
    expect(next).toBeGreaterThanOrEqual(64)
    expect(await counters(layout)).toEqual([{ start: 64, count: 1 }])
    const left = (await layout.getRangeAllStartsWith([1])).map(([key]) => key[1])
    expect(left).toEqual([next])
  })

  it.each([
    [192, 64],
    [256, 1024],
    [65536, 8192],
  ])('draws from a window at %i of size %i', async (start, size) => {
    const { allocator, layout, db } = newSpace()
    const count = Buffer.alloc(8)
    await layout.set([0, start], count)
    const drawn: number[] = []
    for (let i = 0; i < 20; i++) drawn.push(...numbers([await allocator.allocate(db)]))
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(start)
    expect(Math.max(...drawn)).toBeLessThan(start + size)
    count.writeBigInt64LE(BigInt(size / 2 - 1))
    await layout.set([0, start], count)
    expect(numbers([await allocator.allocate(db)])[0]).toBeGreaterThanOrEqual(start + size)
  })

  it('conflicts only with who drew the same number', async () => {
    const { db, allocator } = newSpace()
    using first = db.createTransaction()
    using second = db.createTransaction()
    let numbersOf = numbers([await allocator.allocate(first), await allocator.allocate(second)])
    while (numbersOf[0] === numbersOf[1]) {
      second.reset()
      numbersOf = [numbersOf[0]!, ...numbers([await allocator.allocate(second)])]
    }
    await first.commit()
    await second.commit()
    expect(new Set(numbersOf).size).toBe(2)
  })

  it('says what is wrong with a counter that no allocator wrote', async () => {
    const { layout, db, allocator } = newSpace()
    await layout.set([0, 0], 'abc')
    await expect(allocator.allocate(db)).rejects.toMatchObject({ reason: 'damaged' })
  })
})
