// One mutant, from its text to its outcome.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../lib/paths.mjs'
import { DoesNotCompile } from './lane.mjs'
import { changedLines, mutated } from './mutants.mjs'

const nameOf = ({ program, file }) => program ?? file
const limitOf = (taken) => Math.max(20, 8 * taken)

/** Seconds that each check takes of the sources as they are. One that fails there says nothing of a mutant. */
export async function timesOf(lanes, checks) {
  const times = new Map()
  const queue = [...new Map(checks.map((check) => [nameOf(check), check])).values()]
  const work = async (lane) => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const begin = performance.now()
      const ended = await lane.run(check, undefined, 300)
      if (ended !== undefined) throw new Error(`${nameOf(check)} fails without a mutant: ${ended}`)
      times.set(nameOf(check), (performance.now() - begin) / 1000)
    }
  }
  await Promise.all(lanes.map(work))
  return times
}

/** Programs before files; first those named like the source, then the fast ones. */
function ordered(checks, source, times) {
  const stem = basename(source).replace(/\.\w+$/, '')
  const rank = (check) => {
    const name = nameOf(check)
    const isNamesake = basename(name).split('.')[0] === stem
    return (check.file === undefined ? 0 : 1e6) + (isNamesake ? 0 : 1e3) + times.get(name)
  }
  return [...checks].sort((a, b) => rank(a) - rank(b))
}

/** {outcome, by}: `killed` and `timed out` by a check, `survived`, or `does not compile`. */
export async function tryMutant(lane, part, mutant, times) {
  const text = readFileSync(join(root, mutant.file), 'utf8')
  const report = { ...mutant, ...changedLines(text, mutant) }
  const outcome = await lane.withText(mutant.file, mutated(text, mutant), () =>
    firstFailure(lane, part, mutant.file, times),
  )
  return { ...report, ...outcome }
}

async function firstFailure(lane, part, file, times) {
  try {
    let linked = false
    for (const check of ordered(part.checks, file, times)) {
      if (!check.isUnit && !linked) {
        await lane.link(part.libraries, file)
        linked = true
      }
      const ended = await lane.run(check, file, limitOf(times.get(nameOf(check))))
      if (ended === 'timeout') return { outcome: 'timed out', by: nameOf(check) }
      if (ended !== undefined) return { outcome: 'killed', by: nameOf(check) }
    }
    return { outcome: 'survived', by: '' }
  } catch (error) {
    if (!(error instanceof DoesNotCompile)) throw error
    return { outcome: 'does not compile', by: '' }
  }
}
