// The program that looks at a workload module before any seed is run: it reads the module and all that it imports.
import { AuthorModules } from './process/author-modules.ts'

const [path = ''] = process.argv.slice(2)
try {
  await AuthorModules.read(path)
} catch (problem) {
  console.error(problem instanceof Error ? problem.message : String(problem))
  process.exitCode = 1
}
