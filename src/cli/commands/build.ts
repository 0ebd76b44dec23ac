import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '../../native/library/engine-path.ts'
import { builtHomes } from '../../native/library/native-home.ts'
import { CommandError } from '../ground/errors.ts'

export function buildCommand(): Command {
  return new Command('build')
    .description('build the native parts from source, where no prebuilt ones fit')
    .option('--into <folder>', 'where to put them; FDBKIT_NATIVE names the folder to programs')
    .action(({ into }: { into?: string }) => {
      const { error, status } = spawnSync(process.execPath, script(into), { stdio: 'inherit' })
      if (error !== undefined) throw error
      if (status !== 0) throw new CommandError('the native parts could not be built')
    })
}

/** A checkout keeps what it compiled; an installed package has the sources only. */
function script(into: string | undefined): string[] {
  const scripts = join(packageRoot(), 'scripts')
  const ofCheckout = join(scripts, 'build-native.mjs')
  if (into === undefined && existsSync(ofCheckout)) return [ofCheckout]
  return [join(scripts, 'build-installed.mjs'), into === undefined ? chosen() : resolve(into)]
}

/** The package's own folder, or the cache where that is not to be written. */
function chosen(): string {
  const homes = builtHomes(packageRoot())
  const home = homes.find(isWritable)
  if (home !== undefined) return home
  throw new CommandError(
    `nothing can be written to ${homes.join(' or ')}: say where with --into FOLDER, and name the folder to ` +
      'programs in FDBKIT_NATIVE',
  )
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(dirname(folder), { recursive: true })
    accessSync(existsSync(folder) ? folder : dirname(folder), constants.W_OK)
    return true
  } catch {
    return false // read-only, or somebody else's
  }
}
