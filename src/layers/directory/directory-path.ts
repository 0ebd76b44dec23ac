import { describe } from '../../native/values/describe.ts'

/** A directory's path from the root, name by name; text alone is a path of one name. */
export type PathInput = string | readonly string[] | null | undefined

/** The names of a path. */
export function pathOf(path: PathInput, what = 'path'): string[] {
  if (path === null || path === undefined) return []
  const names: readonly unknown[] = Array.isArray(path) ? path : [path]
  for (const name of names) {
    if (typeof name !== 'string') {
      throw new TypeError(`${what} is text or an array of text, and has ${describe(name)} in it`)
    }
  }
  return [...(names as readonly string[])]
}

/** For messages. */
export function showPath(path: readonly string[]): string {
  return path.length === 0 ? 'the root directory' : `directory ${path.join('/')}`
}

export function beginsWith(path: readonly string[], start: readonly string[]): boolean {
  return path.length >= start.length && start.every((name, i) => path[i] === name)
}

export function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && beginsWith(a, b)
}
