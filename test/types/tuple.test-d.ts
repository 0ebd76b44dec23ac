import { describe, expectTypeOf, test } from 'vitest'
import { tuple } from '../../src/index.ts'
import type { TupleItem, UnboundStamp, UnpackedItem, TupleError } from '../../src/index.ts'

describe('tuples', () => {
  test('hold what has an encoding', () => {
    expectTypeOf<null | boolean | number | bigint | string | Buffer>().toExtend<TupleItem>()
    expectTypeOf<Uint8Array>().toExtend<TupleItem>()
    expectTypeOf<readonly ['a', readonly [1, null]]>().toExtend<TupleItem>()
    expectTypeOf<{ type: 'double'; value: number }>().toExtend<TupleItem>()
    expectTypeOf<{ type: 'user'; code: 0x40; value: Uint8Array }>().toExtend<TupleItem>()
    expectTypeOf<undefined>().not.toExtend<TupleItem>()
    expectTypeOf<Date>().not.toExtend<TupleItem>()
    expectTypeOf<{ type: 'decimal'; value: number }>().not.toExtend<TupleItem>()
    expectTypeOf<['a', undefined]>().not.toExtend<TupleItem>()
  })

  test('come back as what may be packed again', () => {
    expectTypeOf<UnpackedItem>().toExtend<TupleItem>()
    expectTypeOf<UnpackedItem[]>().toExtend<readonly TupleItem[]>()
    expectTypeOf<Extract<UnpackedItem, Uint8Array>>().toEqualTypeOf<Buffer>()
  })

  test('are packed and unpacked', () => {
    expectTypeOf(tuple.pack(['a', 1])).toEqualTypeOf<Buffer>()
    expectTypeOf(tuple.pack('a')).toEqualTypeOf<Buffer>()
    expectTypeOf(tuple.unpack).parameter(0).toEqualTypeOf<Uint8Array>()
    expectTypeOf(tuple.unpack).returns.toEqualTypeOf<UnpackedItem[]>()
    expectTypeOf(tuple.range(['a'])).toEqualTypeOf<{ begin: Buffer; end: Buffer }>()
    expectTypeOf(tuple.packUnboundVersionstamp([])).toEqualTypeOf<UnboundStamp>()
    expectTypeOf<UnboundStamp['codePos']>().toEqualTypeOf<number | undefined>()
    expectTypeOf([['a', 1]].sort(tuple.compare)).toEqualTypeOf<(string | number)[][]>()
    expectTypeOf<TupleError>().toHaveProperty('offset').toEqualTypeOf<number>()
    expectTypeOf<TupleError>().toExtend<Error>()
    // @ts-expect-error a set has no encoding
    tuple.pack([new Set()])
    // @ts-expect-error text is no packed tuple
    tuple.unpack('a')
  })
})
