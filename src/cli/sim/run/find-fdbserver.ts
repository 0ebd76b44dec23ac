// `fdbkit sim`: runs a test file on fdbserver or on the embedded engine, seed by seed.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CommandError } from '../../ground/errors.ts'

/** The simulator: what was asked for, FDBKIT_FDBSERVER, then the PATH. Undefined: there is none. */
export function findFdbserver(asked?: string): string | undefined {
  const named = asked ?? process.env['FDBKIT_FDBSERVER']
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named
    throw new CommandError(`there is no program ${named}`)
  }
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'fdbserver'))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
