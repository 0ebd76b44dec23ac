import { concat2, strInc, toBytes } from '../../client/keys/bytes.ts'
import type { NativeValue } from '../../client/keys/bytes.ts'
import { Subspace } from '../../client/keys/subspace.ts'
import type { Transformer } from '../../client/keys/transformer.ts'

export { defaultTransformer } from '../../client/keys/transformer.ts'
export type { Transformer } from '../../client/keys/transformer.ts'

/** The keys whose bytes begin with those of `prefix`. */
export function defaultGetRange<KeyIn, KeyOut>(
  prefix: KeyIn,
  keyXf: Transformer<KeyIn, KeyOut>,
): { begin: NativeValue; end: NativeValue } {
  const begin = toBytes(keyXf.pack(prefix), 'prefix')
  return { begin, end: strInc(begin) }
}

/** An encoding that puts a prefix before what another one packs. */
export function prefixTransformer<In, Out>(
  prefix: NativeValue,
  inner: Transformer<In, Out>,
): Transformer<In, Out> {
  const subspace = new Subspace(prefix, inner)
  const before = subspace.prefix
  const outer: Transformer<In, Out> = {
    pack: (value) => concat2(before, toBytes(inner.pack(value), 'value')),
    unpack: (bytes) => subspace.unpackKey(bytes),
    range: (value) => subspace.packRange(value),
  }
  if (inner.name !== undefined) Object.assign(outer, { name: `prefixed ${inner.name}` })
  if (inner.packUnboundVersionstamp !== undefined) {
    outer.packUnboundVersionstamp = (value) => subspace.packKeyUnboundVersionstamp(value)
  }
  const bake = inner.bakeVersionstamp?.bind(inner)
  if (bake !== undefined) outer.bakeVersionstamp = bake
  return outer
}
