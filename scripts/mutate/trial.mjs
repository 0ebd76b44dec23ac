// One mutant, from its text to its outcome.
import { basename } from 'node:path'
import { DoesNotCompile } from './lane.mjs'
import { changedLines, mutated } from './mutants.mjs'
import { nameOf } from './trust.mjs'

/** As they stand in the table, but programs that know the source's header come first: each is linked to be run. */
function ordered(checks, source, lane) {
  const header = source.replace(/\.\w+$/, '.h')
  const stem = basename(header, '.h')
  const rank = (check) => {
    if (check.file !== undefined) return 3
    if (basename(check.program) === stem) return 0
    return lane.knows(check, header) ? 1 : 2
  }
  return [...checks].sort((a, b) => rank(a) - rank(b))
}

/** {outcome, by}: `killed` and `timed out` by a check, `survived`, or `does not compile`. */
export async function tryMutant(lane, part, mutant, trust) {
  const text = lane.textOf(mutant.file)
  const { outcome, check } = await lane.withText(mutant.file, mutated(text, mutant), () =>
    firstFailure(lane, part, mutant.file, trust),
  )
  if (check !== undefined) await trust.require(check, lane)
  const by = check === undefined ? '' : nameOf(check)
  return { ...mutant, ...changedLines(text, mutant), outcome, by }
}

async function firstFailure(lane, part, file, trust) {
  try {
    let linked = false
    for (const check of ordered(part.checks, file, lane)) {
      if (!check.isUnit && !linked) {
        await lane.link(part.libraries, file)
        linked = true
      }
      const { code, seconds } = await lane.run(check, file, trust.limitOf(check))
      if (code !== 0) return { outcome: code === 'timeout' ? 'timed out' : 'killed', check }
      trust.passed(check, seconds)
    }
    return { outcome: 'survived' }
  } catch (error) {
    if (!(error instanceof DoesNotCompile)) throw error
    return { outcome: 'does not compile' }
  }
}
