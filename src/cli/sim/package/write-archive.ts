/** A folder of files as a tar.gz, the same bytes for the same files. */
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { create } from 'tar'
import { makeWhole } from '../../ground/write-whole.ts'
import { removeScratch, scratchFolder } from '../run/scratch.ts'

/** What is at a path of the archive. */
export type Entry =
  | { readonly source: string }
  | { readonly target: string }
  | { readonly text: string; readonly isProgram?: boolean }

/** Neither the order of folders, nor owners, times and the umask get in. */
export async function writeArchive(
  out: string,
  entries: ReadonlyMap<string, Entry>,
): Promise<{ readonly bytes: number }> {
  const cwd = scratchFolder()
  try {
    for (const [path, entry] of entries) stage(join(cwd, path), entry)
    const names = [...entries.keys()].sort()
    const options = { cwd, gzip: true, portable: true, noDirRecurse: true, mtime: new Date(0) }
    await makeWhole(out, (beside) => create({ ...options, file: beside }, names))
    return { bytes: statSync(out).size }
  } finally {
    removeScratch(cwd)
  }
}

function stage(path: string, entry: Entry): void {
  mkdirSync(dirname(path), { recursive: true })
  if ('target' in entry) return symlinkSync(entry.target, path)
  if ('text' in entry) writeFileSync(path, entry.text)
  else copyFileSync(entry.source, path, constants.COPYFILE_FICLONE)
  chmodSync(path, isProgram(entry) ? 0o755 : 0o644)
}

function isProgram(entry: Exclude<Entry, { target: string }>): boolean {
  if ('text' in entry) return entry.isProgram === true
  return (statSync(entry.source).mode & 0o100) !== 0
}
