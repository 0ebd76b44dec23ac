import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** All of it, or the file that was there stays. Nobody else knows the name that it has until then. */
export function writeWhole(file: string, text: string): void {
  const beside = `${file}.${randomUUID()}.tmp`
  try {
    writeFileSync(beside, text, { flag: 'wx' })
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
