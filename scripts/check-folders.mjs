// node scripts/check-folders.mjs: each folder of src is a room that .dependency-cruiser.mjs has in its tables, since a
// room without a name there has no rule, and none is too full to be looked over.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { LAYERS, ROOMS } from '../.dependency-cruiser.mjs'

/** Files side by side. */
const MOST_FILES = 15

const named = new Set(LAYERS.flat(Infinity).filter((name) => name.endsWith('.ts')))
for (const [layer, rooms] of Object.entries(ROOMS)) {
  for (const room of rooms.flat(Infinity)) named.add(room === '.' ? layer : `${layer}/${room}`)
}

/** The files of each folder that has some, by its path below src. */
const folders = new Map()
for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const folder = relative('src', entry.parentPath)
  // A file beside the layers is a layer of its own.
  const room = folder === '' ? entry.name : folder
  folders.set(room, (folders.get(room) ?? 0) + 1)
}

const problems = []
for (const [folder, files] of folders) {
  const path = join('src', folder)
  if (!named.has(folder)) problems.push(`${path}: no table of .dependency-cruiser.mjs names it`)
  if (files > MOST_FILES)
    problems.push(`${path}: ${files} files side by side, ${MOST_FILES} at most`)
}
for (const room of named) {
  if (!folders.has(room)) problems.push(`${join('src', room)}: it is in a table, and is not there`)
}
for (const problem of problems.sort()) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
