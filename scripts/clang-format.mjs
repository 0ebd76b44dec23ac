// node scripts/clang-format.mjs [--write]: checks the format of all C and C++, or mends it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { filesBelow, root } from './lib/paths.mjs'

const endings = ['.h', '.c', '.cc']
const files = ['native-callbacks', 'bench'].flatMap((folder) =>
  filesBelow(join(root, folder), endings),
)
const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '--Werror']
if (files.length > 0) {
  const program = process.env.CLANG_FORMAT ?? 'clang-format'
  const { error, status } = spawnSync(program, [...mode, ...files], { cwd: root, stdio: 'inherit' })
  if (error !== undefined)
    console.error(`fdbkit: ${program} not found: apt-get install clang-format`)
  process.exitCode = error === undefined ? status : 1
}
