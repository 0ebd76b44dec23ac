// node scripts/mutate.mjs [--folder engine/data] [--count 100] [--seed N] [--json FILE] [--again FILE]: changes one place of
// the C++ sources at a time, and looks whether a test fails. docs/mutants.md says what and how.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { SetupError } from './lib/compiler.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { filesBelow, root } from './lib/paths.mjs'
import { setUp } from './lib/setup.mjs'
import { survivorsOf } from './mutate/again.mjs'
import { Lane } from './mutate/lane.mjs'
import { mutantsOf, shuffled } from './mutate/mutants.mjs'
import { parts } from './mutate/parts.mjs'
import { placeOf, reportOf } from './mutate/report.mjs'
import { tryMutant } from './mutate/trial.mjs'
import { Trust } from './mutate/trust.mjs'

const LANES = 2

/** Every mutant of a part, in the order of the seed. */
function drawn(part, seed) {
  const folder = join(root, 'native-callbacks', part.folder)
  const all = filesBelow(folder, ['.cc', '.h']).flatMap((path) =>
    mutantsOf(readFileSync(path, 'utf8')).map((mutant) => ({
      part: part.folder,
      file: relative(root, path),
      ...mutant,
    })),
  )
  return shuffled(all, seed)
}

/** How many mutants of each part: `count` by the parts' shares. */
function split(chosen, count) {
  const whole = chosen.reduce((sum, { share }) => sum + share, 0)
  let [shares, left] = [whole, count]
  return chosen.map(({ share }) => {
    const own = Math.round((left * share) / shares)
    shares -= share
    left -= own
    return own
  })
}

/** Tries mutants of the queue until `wanted` of them were counted: what does not compile is none. */
async function tryAll({ part, queue, wanted }, lanes, trust, keep) {
  let left = wanted
  const work = async (lane) => {
    while (left > 0 && queue.length > 0) {
      left--
      const mutant = queue.shift()
      const result = await tryMutant(lane, part, mutant, trust)
      if (result.outcome === 'does not compile') left++
      keep(result)
    }
  }
  await Promise.all(lanes.map(work))
}

await withClearErrors(async () => {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      count: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      again: { type: 'string' },
    },
  })
  const chosen = parts.filter(({ folder }) => [undefined, folder].includes(values.folder))
  const [count, seed] = [Number(values.count), Number(values.seed)]
  if (chosen.length === 0)
    throw new SetupError(`--folder is one of ${parts.map(({ folder }) => folder).join(', ')}`)
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed))
    throw new SetupError('--count and --seed are whole numbers')
  await setUp({ groups: ['test'], log: logToStderr })
  const counts = split(chosen, count)
  const works =
    values.again === undefined
      ? chosen.map((part, i) => ({ part, queue: drawn(part, seed), wanted: counts[i] }))
      : survivorsOf(values.again, chosen)
  const lanes = Array.from({ length: LANES }, (_, number) => new Lane(number))
  const tried = works.filter(({ wanted }) => wanted > 0)
  const trust = new Trust()
  const results = []
  const keep = (result) => {
    results.push(result)
    logToStderr(`${placeOf(result)} ${result.operator}: ${result.outcome} ${result.by}`)
    if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 2))
  }
  for (const work of tried) await tryAll(work, lanes, trust, keep)
  console.log(reportOf(results, seed))
})
