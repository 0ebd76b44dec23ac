/** The text of a module as Node takes it: TypeScript with its types blanked out, so that lines and columns stay. */
import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type * as Swc from '@swc/wasm-typescript'
import { TextCache } from './text-cache.ts'

// Taken before the workload process refuses reads of files.
const read = readFileSync
const require = createRequire(import.meta.url)

let cache: TextCache | undefined

/** From now on texts are kept in the folder, and taken from there. The compiler takes longer to load than all else. */
export function keepTextsIn(folder: string): void {
  cache = new TextCache(folder)
}

/** Throws SyntaxError for what Node has no syntax for, with the file's name. */
export function sourceOf(url: string): string {
  const path = fileURLToPath(url)
  const text = read(path, 'utf8')
  if (!/\.m?ts$/.test(path)) return text
  try {
    return cache?.get(text, () => blankTypes(text, path)) ?? blankTypes(text, path)
  } catch (problem) {
    throw new SyntaxError(`${path}: ${reasonOf(problem)}`, { cause: problem })
  }
}

/** Node's own from 22.13 on. */
function blankTypes(text: string, path: string): string {
  const { stripTypeScriptTypes } = nodeModule as { stripTypeScriptTypes?: (code: string) => string }
  if (stripTypeScriptTypes !== undefined) return stripTypeScriptTypes(text)
  const { transformSync } = require('@swc/wasm-typescript') as typeof Swc
  return transformSync(text, { mode: 'strip-only', filename: path }).code
}

/** The compiler throws plain objects. */
function reasonOf(problem: unknown): string {
  if (problem instanceof Error) return problem.message
  const { message, code } = problem as { message?: string; code?: string }
  return message ?? code ?? String(problem)
}
