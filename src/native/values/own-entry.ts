/**
 * The entry of a table that a name stands for; undefined when it has none. Names come from outside, and `table[name]` would
 * also find what every object inherits: `toString`, `constructor`, `__proto__`.
 */
export function ownEntry<T>(
  table: Readonly<Record<PropertyKey, T>>,
  name: PropertyKey,
): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
