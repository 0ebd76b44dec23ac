/**
 * Stands for all keys of a scope where a range begins. Whatever the key encoding, it means every key behind the prefix
 * of the scope, with the one that is equal to it.
 *
 * @example
 * const users = db.at('users/').withKeyEncoding(encoders.string)
 * console.log(await users.count(allKeys)) // 0
 * for await (const [name] of users.getRange(allKeys)) console.log(name)
 */
export const allKeys: unique symbol = Symbol.for('all keys of the scope')

/** The type of {@link allKeys}. */
export type AllKeys = typeof allKeys
