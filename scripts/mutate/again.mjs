// The survivors of an earlier run, in the sources as they are now.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/paths.mjs'
import { changedLines, mutantsOf } from './mutants.mjs'

/** The same change of the same lines, the nearest one; none when these are gone. */
function sought(survivor) {
  const text = readFileSync(join(root, survivor.file), 'utf8')
  const isSame = (mutant) => {
    const { was, is } = changedLines(text, mutant)
    return mutant.operator === survivor.operator && was === survivor.was && is === survivor.is
  }
  const distance = ({ line }) => Math.abs(line - survivor.line)
  const [nearest] = mutantsOf(text)
    .filter(isSame)
    .sort((a, b) => distance(a) - distance(b))
  const { part, file } = survivor
  return nearest === undefined ? [] : [{ part, file, ...nearest }]
}

export function survivorsOf(file, parts) {
  const survivors = JSON.parse(readFileSync(file, 'utf8'))
    .filter(({ outcome }) => outcome === 'survived')
    .flatMap(sought)
  return parts.map((part) => {
    const queue = survivors.filter((each) => each.part === part.folder)
    return { part, queue, wanted: queue.length }
  })
}
