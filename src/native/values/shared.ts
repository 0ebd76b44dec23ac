/**
 * What there is once for a worker, although the package may be there more than once: in two folders, or imported anew by
 * a development server. Copies of one version share it; those of another version have their own.
 */
import { VERSION } from './version.ts'

type Registry = Map<string, unknown>

const KEY = Symbol.for(`fdbkit.shared.${VERSION}`)

/** The one of that name; made by the first that asks for it. */
export function shared<T>(name: string, make: () => T): T {
  const place = globalThis as { [KEY]?: Registry }
  const registry = (place[KEY] ??= new Map<string, unknown>())
  if (!registry.has(name)) registry.set(name, make())
  return registry.get(name) as T
}
