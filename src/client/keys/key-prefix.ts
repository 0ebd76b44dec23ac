/**
 * What a key may begin with, where a range or a scope is named: the key itself, and of a tuple also its first items. Keys
 * of other kinds have no parts.
 *
 * @example
 * type Prefix = KeyPrefix<readonly [string, number]> // [], [string] or [string, number], read-only
 */
export type KeyPrefix<Key> = Key | ShorterPrefix<Key>

/**
 * The first items of a tuple, or none: what {@link KeyPrefix} takes beside the whole key.
 *
 * @example
 * type Shorter = ShorterPrefix<readonly [string, number]> // [], [string] or [string, number], read-only
 */
export type ShorterPrefix<Key> = Key extends readonly [infer First, ...infer Rest]
  ? readonly [] | readonly [First, ...ShorterPrefix<Rest>]
  : never

/**
 * What is left of a key behind a prefix: of a tuple the items that follow. Keys of other kinds stay what they are.
 *
 * @example
 * type Rest = KeyRest<[string, number], readonly ['ada']> // [number]
 */
export type KeyRest<Key, Prefix> = Key extends readonly [unknown, ...infer Rest]
  ? Prefix extends readonly [unknown, ...infer Others]
    ? KeyRest<Key extends unknown[] ? Rest : Readonly<Rest>, Others>
    : Key
  : Key
