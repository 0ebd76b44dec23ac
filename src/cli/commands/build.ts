import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '../../native/library/engine-path.ts'
import { CommandError } from '../ground/errors.ts'

export function buildCommand(): Command {
  return new Command('build')
    .description('build the engine and the ring, where npm did not run the install script')
    .action(() => {
      const script = join(packageRoot(), 'scripts', 'install.mjs')
      const { error, status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
      if (error !== undefined) throw error
      if (status !== 0) throw new CommandError('the native parts could not be built')
    })
}
