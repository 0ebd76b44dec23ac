import * as tupleLayer from '../../layers/tuple/tuple.ts'
import type { TupleItem, UnpackedItem } from '../../layers/tuple/tuple.ts'
import type { Transformer } from './transformer.ts'

/**
 * The encoding of tuples: as it is, for tuples of any items; called, for those of one shape. Ranges and scopes then take
 * the first items of such a tuple. The type's word is taken for what is stored: another client may have written other
 * tuples, and integers beyond 2 ** 53 come as bigint.
 *
 * @example
 * const scores = db.at('scores/').withKeyEncoding(encoders.tuple<[player: string, round: number]>())
 * await scores.set(['ada', 1], '100')
 * for (const [[player, round]] of await scores.getRangeAll(['ada'])) console.log(player, round) // ada 1
 * const ofAda = scores.at(['ada']) // its keys are [round]
 * console.log(String(await ofAda.get([1]))) // 100
 */
export interface TupleEncoder extends Transformer<
  TupleItem | readonly TupleItem[],
  UnpackedItem[]
> {
  <T extends readonly TupleItem[]>(): Transformer<Readonly<T>, T>
}

const encoding: Transformer<TupleItem | readonly TupleItem[], UnpackedItem[]> = {
  pack: tupleLayer.pack,
  unpack: (bytes) => tupleLayer.unpack(bytes),
  packUnboundVersionstamp: tupleLayer.packUnboundVersionstamp,
  bakeVersionstamp: tupleLayer.bakeVersionstamp,
  range: tupleLayer.range,
  packPrefixed: tupleLayer.packPrefixed,
  unpackFrom: tupleLayer.unpackFrom,
}

export const tuple: TupleEncoder = Object.defineProperty(
  Object.assign(() => tuple, encoding),
  'name',
  { value: tupleLayer.name },
) as unknown as TupleEncoder
