/** Reads a workload module once, before any seed: what is wrong with its text is wrong under every seed. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../../../native/library/engine-path.ts'
import { CommandError } from '../../ground/errors.ts'

/** As the workload process runs, in `native-callbacks/plugin/node/child.cc`. */
const FLAGS = ['--no-warnings', '--experimental-vm-modules', '--experimental-import-meta-resolve']

const run = promisify(execFile)

/**
 * Throws CommandError with the file and the line.
 *
 * @param list the file that is to say which modules were read.
 */
export async function checkModule(path: string, list?: string): Promise<void> {
  requireNode(process.versions)
  const program = join(packageRoot(), 'dist', 'simulation', 'check.js')
  try {
    await run(process.execPath, [...FLAGS, program, path, ...(list === undefined ? [] : [list])], {
      encoding: 'utf8',
    })
  } catch (problem) {
    const { stderr = '' } = problem as { stderr?: string }
    throw stderr === '' ? problem : new CommandError(stderr.trimEnd())
  }
}

/** What a workload sees is seeded by flags of V8, and its modules are linked by hand: only Node has both. */
export function requireNode({ bun, deno }: NodeJS.ProcessVersions): void {
  if (bun === undefined && deno === undefined) return
  const name = bun === undefined ? 'Deno' : 'Bun'
  throw new CommandError(`workloads run under Node, and this is ${name}: use \`npx fdbkit sim\``)
}
