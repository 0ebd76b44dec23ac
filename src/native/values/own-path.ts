/** Where this code lies: a module of the package, or the bundle that somebody has made with it. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The file that this code runs from. A bundle of CommonJS has no `import.meta.url` but a `__filename`; webpack puts in
 * the place where the source lay when it built. Empty when nothing tells.
 */
export function ownPath(): string {
  const { url } = import.meta as { url?: string }
  if (url?.startsWith('file:') === true) return fileURLToPath(url)
  return typeof __filename === 'string' ? __filename : ''
}

/** The folder of the package's code, `dist` or `src`. Undefined in a bundle, where it is among other code. */
export function ownCode(): string | undefined {
  const path = ownPath()
  const isModule = /[\\/](?:src|dist)[\\/]native[\\/]values[\\/]own-path\.[jt]s$/.test(path)
  return isModule && existsSync(path) ? dirname(dirname(dirname(path))) : undefined
}
