// Which key a commit is refused for: what is kept of those that are written, against a model of the cluster's limits.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSuspect, Suspects } from '../../src/future/handles/suspects.ts'

interface Write {
  readonly size: number
  /** The first byte of the key, where it has one. */
  readonly first: number
  /** Bytes of the value. */
  readonly value: number
}

/** About the limits, on either side. */
const keySizes = fc.constantFrom(0, 1, 20, 9_999, 10_000, 10_001, 20_000)
const valueSizes = fc.constantFrom(0, 1, 99_999, 100_000, 100_001)
const writes: fc.Arbitrary<Write> = fc.record({
  size: keySizes,
  first: fc.constantFrom(0, 0x61, 0xfe, 0xff),
  value: valueSizes,
})

/** Codes that a commit with this write may be refused by. */
function refusals({ size, first, value }: Write): number[] {
  return [
    ...(size > 0 && first === 0xff ? [2004] : []),
    ...(size > 10_000 ? [2102] : []),
    ...(value > 100_000 ? [2103] : []),
  ]
}

const textOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1')

test('the first key of each kind is kept, as it was when it was written', () => {
  fc.assert(
    fc.property(fc.array(writes, { maxLength: 8 }), (drawn) => {
      const suspects = new Suspects()
      const blamed = new Map<number, string>()
      for (const [i, write] of drawn.entries()) {
        const key = Buffer.alloc(write.size, i)
        if (key.length > 0) key[0] = write.first
        const codes = refusals(write)
        expect(isSuspect(key, key.length, write.value)).toBe(codes.length > 0)
        for (const code of codes) if (!blamed.has(code)) blamed.set(code, textOf(key))
        suspects.add(key, write.value)
        // The caller's buffer is its own again.
        key.fill(0x55)
      }
      for (const code of [1020, 2004, 2101, 2102, 2103]) {
        const key = suspects.keyOf(code)
        expect(key && textOf(key)).toBe(blamed.get(code))
      }
    }),
  )
})
