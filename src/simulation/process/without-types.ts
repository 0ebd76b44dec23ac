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

/** Throws SyntaxError for what Node has no syntax for, with the file's name and the line. */
export function sourceOf(url: string): string {
  const path = fileURLToPath(url)
  const text = read(path, 'utf8')
  if (!/\.m?ts$/.test(path)) return text
  try {
    return cache?.get(text, () => blankTypes(text, path)) ?? blankTypes(text, path)
  } catch (problem) {
    throw malformed(path, text, problem)
  }
}

/** A syntax error that says where. Node's own names the place only when it ends the process. */
export function malformed(path: string, text: string, problem: unknown): SyntaxError {
  const found = refusalOf(text, path)
  const line = found?.startLine === undefined ? '' : `:${found.startLine}`
  const reason = found?.message ?? (problem instanceof Error ? problem.message : String(problem))
  return new SyntaxError(`${path}${line}: ${reason}`, { cause: problem })
}

/** What the compiler throws: a plain object. */
interface Refusal {
  readonly message?: string
  /** From 1. */
  readonly startLine?: number
}

/** What the compiler has against the text; undefined when it takes it. */
function refusalOf(text: string, path: string): Refusal | undefined {
  try {
    compile(text, path)
    return undefined
  } catch (refusal) {
    return refusal as Refusal
  }
}

/** Node's own from 22.13 on. */
function blankTypes(text: string, path: string): string {
  const { stripTypeScriptTypes } = nodeModule as { stripTypeScriptTypes?: (code: string) => string }
  if (stripTypeScriptTypes !== undefined) return stripTypeScriptTypes(text)
  return compile(text, path)
}

function compile(text: string, path: string): string {
  const { transformSync } = require('@swc/wasm-typescript') as typeof Swc
  return transformSync(text, { mode: 'strip-only', filename: path }).code
}
