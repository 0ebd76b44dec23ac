import type { NativeValue } from '../../client/keys/bytes.ts'
import { checkedSelector, keySelector as main } from '../../client/keys/key-selector.ts'
import type { KeySelector } from '../../client/keys/key-selector.ts'
import type { Transformer } from '../../client/keys/transformer.ts'
import { checkEncoding } from '../../client/keys/transformer.ts'

export type { KeySelector } from '../../client/keys/key-selector.ts'

/**
 * The key selectors of the main API, and `toNative`.
 *
 * @example
 * const first = keySelector.firstGreaterOrEqual('a')
 * console.log(keySelector.toNative(first, encoders.string).key) // a
 */
export const keySelector = Object.assign(
  <Key>(key: Key, orEqual: boolean, offset: number): KeySelector<Key> => main(key, orEqual, offset),
  main,
  {
    /** The selector with its key packed. */
    toNative: <Key>(
      selector: KeySelector<Key>,
      encoding: Transformer<Key, unknown>,
    ): KeySelector<NativeValue> => {
      const { key, orEqual, offset } = checkedSelector('selector', selector)
      if (encoding === undefined) throw new TypeError('encoding must be an encoding, not undefined')
      checkEncoding('encoding', encoding)
      return main(encoding.pack(key), orEqual, offset)
    },
  },
)
