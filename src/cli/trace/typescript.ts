/** Lets Node import TypeScript where it can't by itself: before 22.18, and without its flag. */
import { register } from 'node:module'

/** Modules that are imported from now on may be TypeScript, whose types are taken out. */
export function allowTypeScript(): void {
  const { typescript } = process.features as { readonly typescript?: string | false }
  if (typeof typescript === 'string') return
  register(new URL('typescript-hooks.js', import.meta.url))
}
