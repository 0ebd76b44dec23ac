/** What a value is, for the texts of errors: these never throw, whatever it is, and are short. */

const LONGEST = 60

/** A short name of its type. What is in it is left out: it may be a secret. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  try {
    if (Array.isArray(value)) return 'an array'
    const name = (value.constructor as { name?: unknown } | undefined)?.name
    return typeof name === 'string' && name !== 'Object' ? `a ${short(name)}` : 'an object'
  } catch {
    // A getter or a proxy of somebody's.
    return 'an object'
  }
}

/** A number, a text or a name as it is, shortened; of all else what it is. For settings, which are no secrets. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return short(value)
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
      return short(String(value))
    case 'function':
      return 'a function'
    default:
      return describe(value)
  }
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
