/**
 * The program that looks at a workload module before any seed is run: it reads the module and all that it imports. Its
 * second argument is a file for what that was, as JSON.
 */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { AuthorModules } from './process/author-modules.ts'

const [path = '', list] = process.argv.slice(2)
try {
  const { parts } = await AuthorModules.read(path)
  // What modules of CommonJS require is found only by running them, as has happened by now.
  const required = Object.keys(createRequire(import.meta.url).cache)
  const shared = [...parts.shared, ...required.map((file) => pathToFileURL(file).href)]
  if (list !== undefined) writeFileSync(list, JSON.stringify({ ...parts, shared }))
} catch (problem) {
  console.error(problem instanceof Error ? problem.message : String(problem))
  process.exitCode = 1
}
