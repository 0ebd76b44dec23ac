// Where a commit puts its versionstamp, in the form that each API version asks for.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packStampOffset, stampBetween, STAMP_BYTES } from '../../src/client/keys/versionstamp.ts'

const anyBytes = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))
const anyVersion = fc.oneof(fc.constantFrom(510, 519, 520, 740), fc.integer({ min: 510, max: 740 }))

test('stands behind the data: four bytes, two for keys of old versions, none for their values', () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, fc.boolean(), anyVersion, (prefix, suffix, isKey, version) => {
      const unbound = stampBetween(prefix, suffix)
      const hole = Buffer.alloc(STAMP_BYTES)
      expect(unbound).toEqual({
        data: Buffer.concat([prefix, hole, suffix]),
        stampPos: prefix.length,
      })
      const pack = (): Buffer => packStampOffset(unbound, isKey, version)
      if (version < 520 && !isKey && prefix.length > 0) {
        expect(pack).toThrow(RangeError)
        expect(pack).toThrow(
          `API version ${version} puts a versionstamp only at the start of a value; 520 allows more`,
        )
        return
      }
      const offset = [prefix.length, 0, 0, 0].slice(0, version >= 520 ? 4 : isKey ? 2 : 0)
      expect(pack()).toEqual(Buffer.concat([unbound.data, Buffer.from(offset)]))
    }),
  )
})

test('is as large as its bytes can say', () => {
  const at = (stampPos: number) => ({ data: Buffer.alloc(3), stampPos })
  fc.assert(
    fc.property(fc.nat({ max: 0xffff }), (stampPos) => {
      expect(packStampOffset(at(stampPos), true, 510).readUInt16LE(3)).toBe(stampPos)
      expect(packStampOffset(at(stampPos + 1), true, 520).readUInt32LE(3)).toBe(stampPos + 1)
    }),
  )
  for (const far of [0x10000, 0x10001]) {
    expect(() => packStampOffset(at(far), true, 519)).toThrow(
      'the versionstamp is further than 65535 bytes in',
    )
  }
  expect(packStampOffset(at(0xffff), true, 510)).toEqual(Buffer.from([0, 0, 0, 0xff, 0xff]))
})
