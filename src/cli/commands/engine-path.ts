import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { engineFolder, engineLibraryPath } from '../../native/library/engine-path.ts'
import { buildCommand } from '../../native/library/native-home.ts'
import { CommandError } from '../ground/errors.ts'

export function enginePathCommand(): Command {
  return new Command('engine-path')
    .description("print the folder of the embedded engine's libfdb_c, for LD_LIBRARY_PATH")
    .action(() => {
      if (!existsSync(engineLibraryPath())) {
        throw new CommandError(
          `the engine is not built at ${engineLibraryPath()}: run \`${buildCommand()}\``,
        )
      }
      console.log(engineFolder())
    })
}
