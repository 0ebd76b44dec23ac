// Mappers that harm a real cluster are refused before anything is sent.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { checkMapper } from '../../src/client/ranges/mapper.ts'
import { tuple } from '../../src/index.ts'
import type { TupleItem } from '../../src/index.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())

const forms = (text: string): TupleItem[] => [text, Buffer.from(text)]

describe('a mapper', () => {
  test.each(['{...}', '{K[-1]}', '{V[-1]}', '{K[ -1]}', '{K[-0]}'])(
    'with %s is refused',
    async (text) => {
      for (const item of forms(text)) {
        const mapper = tuple.pack([item])
        using tn = db.createTransaction()
        expect(() => tn.native.getMappedRange('a', 'b', mapper)).toThrow(TypeError)
        expect(() => tn.native.getMappedRange('a', 'b', mapper)).toThrow(/real cluster/)
        // The transaction goes on.
        await tn.getReadVersion()
      }
    },
  )

  test('of any other items is what it was, and what is wrong with it the cluster says', () => {
    const harmless = fc.constantFrom(
      'user',
      '{K[0]}',
      '{V[12]}',
      '{{K[-1]}',
      '-1',
      '{K[-1',
      '',
      'K[-1]',
    )
    const item = fc.oneof(
      harmless.chain((text) => fc.constantFrom(...forms(text))),
      fc.integer(),
      fc.constant(null),
    )
    fc.assert(
      fc.property(fc.array(item, { minLength: 1 }), fc.boolean(), (items, isRange) => {
        const mapper = tuple.pack(isRange ? [...items, '{...}'] : items)
        expect(checkMapper(mapper)).toBe(mapper)
      }),
    )
    fc.assert(
      fc.property(fc.array(item), fc.nat(), fc.array(item), (before, number, behind) => {
        const harmful = tuple.pack([...before, `{K[-${number}]}`, ...behind])
        expect(() => checkMapper(harmful)).toThrow(/counts from 0/)
      }),
    )
    for (const bytes of [Buffer.of(0xff), Buffer.of(0x02, 0x61)])
      expect(checkMapper(bytes)).toBe(bytes)
  })
})
