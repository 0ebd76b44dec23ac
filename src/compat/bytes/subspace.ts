import type { KeyPrefix } from '../../client/keys/key-prefix.ts'
import { Subspace } from '../../client/keys/subspace.ts'

/**
 * Keys as node-foundationdb takes them: an encoding may make something of undefined and null, and a selector without an
 * end is a prefix.
 */
class PeerSubspace<KeyIn, KeyOut, ValIn, ValOut> extends Subspace<KeyIn, KeyOut, ValIn, ValOut> {
  override packFrom(key: KeyPrefix<KeyIn>): { begin: Uint8Array; end: Uint8Array } {
    return this.packRange(key)
  }

  override refuseNothing(): void {}
}

/** The same subspace, for a database or a transaction that behaves as node-foundationdb's. */
export function asPeer<KeyIn, KeyOut, ValIn, ValOut>(
  subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
  if (subspace instanceof PeerSubspace) return subspace
  return new PeerSubspace(subspace.prefix, subspace.keyXf, subspace.valueXf, subspace.directory)
}
