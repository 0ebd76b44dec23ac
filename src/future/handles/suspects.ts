/**
 * What a commit may be refused for, with the key that is to blame: the C API says at the commit that some key or value is
 * too large, or that some key is outside of what the transaction may write, but not which.
 */

/** Bytes of a key and of a value, at most; as the cluster has it. */
const MAX_KEY_BYTES = 10_000
const MAX_VALUE_BYTES = 100_000
/** What the keys of the system begin with. */
const SYSTEM_BYTE = 0xff

const OUTSIDE_LEGAL_RANGE = 2004
const KEY_TOO_LARGE = 2102
const VALUE_TOO_LARGE = 2103

/** Whether a commit may be refused for it. */
export function isSuspect(key: Uint8Array, keyBytes: number, valueBytes: number): boolean {
  return keyBytes > MAX_KEY_BYTES || valueBytes > MAX_VALUE_BYTES || key[0] === SYSTEM_BYTE
}

/** The first of each kind since the transaction began. Keys are copied: the caller may reuse the buffer. */
export class Suspects {
  readonly #keys = new Map<number, Uint8Array>()

  /** A key that is written; `valueBytes` is 0 where there is no value. */
  add(key: Uint8Array, valueBytes: number): void {
    if (valueBytes > MAX_VALUE_BYTES) this.#note(VALUE_TOO_LARGE, key)
    if (key.length > MAX_KEY_BYTES) this.#note(KEY_TOO_LARGE, key)
    if (key[0] === SYSTEM_BYTE) this.#note(OUTSIDE_LEGAL_RANGE, key)
  }

  #note(code: number, key: Uint8Array): void {
    if (!this.#keys.has(code)) this.#keys.set(code, Buffer.from(key))
  }

  /** The key that a commit which failed with this code was refused for, if it was one of these. */
  readonly keyOf = (code: number): Uint8Array | undefined => this.#keys.get(code)
}
