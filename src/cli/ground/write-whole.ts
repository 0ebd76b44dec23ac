/** Files that a command writes. */
import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { CommandError, messageOf, UsageError } from './errors.ts'

/** All of it, or the file that was there stays. Nobody else knows the name that it has until then. */
export function writeWhole(file: string, text: string): void {
  const beside = besides(file)
  try {
    writeFileSync(beside, text, { flag: 'wx' })
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

/** The same for a file that takes a while: `write` is told the name that it has until then. */
export async function makeWhole(
  file: string,
  write: (beside: string) => Promise<void>,
): Promise<void> {
  const beside = besides(file)
  try {
    await write(beside)
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

function besides(file: string): string {
  return `${file}.${randomUUID()}.tmp`
}

/** @throws CommandError that names the file. */
export function writeFor(file: string, text: string): void {
  try {
    writeWhole(file, text)
  } catch (error) {
    throw new CommandError(`can't write ${file}: ${messageOf(error)}`)
  }
}

/** @throws UsageError before the work, not when what comes of it is written. */
export function checkFolderOf(file: string): void {
  const folder = dirname(file)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw new UsageError(`there is no folder ${folder} to write ${file} into`)
}
