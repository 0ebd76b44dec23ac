/** Folders of a test, gone with it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-faults-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A disk of so many MiB, in memory; undefined where none can be mounted. Taken away behind what is begun after it. */
export function newDisk(mebibytes: number): string | undefined {
  const folder = newFolder()
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs']
    execFileSync('mount', [...options, folder], { stdio: 'pipe' })
  } catch (_notAllowed) {
    return undefined
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' }))
  return folder
}
