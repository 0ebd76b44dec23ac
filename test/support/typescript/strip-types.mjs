import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from '@swc/wasm-typescript'

/** Node's hook for loading a module: takes the types out of TypeScript. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const source = await readFile(fileURLToPath(url), 'utf8')
  const { code } = await transform(source, { mode: 'strip-only', module: true })
  return { format: 'module', source: code, shortCircuit: true }
}
