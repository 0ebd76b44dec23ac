/** Loader hooks: TypeScript modules with their types blanked out, so that lines and columns stay. */
import { readFile } from 'node:fs/promises'
import type { LoadHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { transformSync } from '@swc/wasm-typescript'

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!/^file:.*\.m?ts$/.test(url)) return nextLoad(url, context)
  const text = await readFile(fileURLToPath(url), 'utf8')
  try {
    const { code } = transformSync(text, { mode: 'strip-only', filename: fileURLToPath(url) })
    return { format: 'module', source: code, shortCircuit: true }
  } catch (problem) {
    throw new SyntaxError(`${fileURLToPath(url)}: ${reasonOf(problem)}`, { cause: problem })
  }
}

/** The compiler throws plain objects. */
function reasonOf(problem: unknown): string {
  if (problem instanceof Error) return problem.message
  const { message, code } = problem as { message?: string; code?: string }
  return message ?? code ?? String(problem)
}
