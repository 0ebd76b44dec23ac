// node scripts/mutate-ts.mjs [--mutate GLOB ...] [--since REF] [--count 60] [--seed 1] [--minutes N] [--least SCORE]
// [--json FILE] [--again FILE] [--tests GLOB ...]: changes one place of the TypeScript core at a time, and looks whether a test fails.
// docs/mutants.md says what and how.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { SetupError } from './lib/compiler.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'
import { reportOf } from './mutate/report.mjs'
import { changedSince } from './mutate-ts/changed.mjs'
import { keyOf } from './mutate-ts/draw.mjs'
import { byLayer, everything } from './mutate-ts/layers.mjs'
import { scoreOf } from './mutate-ts/outcomes.mjs'
import { tryMutants } from './mutate-ts/stryker.mjs'

/** Fewer say nothing of a score. */
const FEWEST = 20

function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      mutate: { type: 'string', multiple: true },
      since: { type: 'string' },
      count: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '600' },
      least: { type: 'string', default: '0' },
      json: { type: 'string' },
      again: { type: 'string' },
      tests: { type: 'string', multiple: true },
    },
  })
  const numbers = Object.fromEntries(
    ['count', 'seed', 'minutes', 'least'].map((name) => [name, Number(values[name])]),
  )
  const wrong = Object.keys(numbers).find((name) => !(numbers[name] >= 0))
  if (wrong !== undefined) throw new SetupError(`--${wrong} is a number`)
  return { ...values, ...numbers }
}

/** What to try, as `byLayer` has it with a wish for each; or the words to say why there is nothing. */
function workOf({ mutate, since, again, seed, count }) {
  if (again !== undefined) {
    const survivors = JSON.parse(readFileSync(again, 'utf8')).filter(
      ({ outcome }) => outcome === 'survived',
    )
    const files = [...new Set(survivors.map(({ file }) => file))]
    return byLayer(files).map((part) => ({ ...part, wish: { keys: survivors.map(keyOf) } }))
  }
  const changed = since === undefined ? (mutate ?? everything) : changedSince(since)
  if (changed === undefined) return `${since} is no commit that is known here`
  const parts = byLayer(changed)
  if (parts.length === 0) return 'no line of the core changed'
  const share = since === undefined ? count : Math.ceil(count / parts.length)
  return parts.map((part) => ({ ...part, wish: { seed, count: share } }))
}

/** Resolves to {results, whole}: not whole when something that was drawn was not tried. */
async function tryAll(work, minutes, json) {
  const results = []
  const end = performance.now() + minutes * 60_000
  let whole = true
  for (const [index, part] of work.entries()) {
    const seconds = (end - performance.now()) / 1000 / (work.length - index)
    logToStderr(`${part.layer}: ${part.sources.join(' ')}`)
    const { results: own, ended } = await tryMutants({ ...part, seconds })
    if (ended !== undefined) {
      whole = false
      console.log(`mutants of ${part.layer}: ${own.length} tried, then ${ended}`)
    } else if (own.length === 0) console.log(`mutants of ${part.layer}: none in these lines`)
    results.push(...own.map((result) => ({ part: part.layer, ...result })))
    if (json !== undefined) writeFileSync(json, JSON.stringify(results, null, 2))
  }
  return { results, whole }
}

await withClearErrors(async () => {
  const options = optionsOf(process.argv.slice(2))
  const work = workOf(options)
  if (typeof work === 'string') return console.log(`mutants of TypeScript: none, since ${work}`)
  await setUp({ groups: ['test'], log: logToStderr })
  const parts = work.map((part) => ({ ...part, tests: options.tests ?? part.tests }))
  const { results, whole } = await tryAll(parts, options.minutes, options.json)
  if (results.length > 0) console.log(reportOf(results, options.seed))
  // What was cut short would be another sample the next time: a busy machine must not fail by it.
  const score = scoreOf(results)
  if (!whole || results.length < FEWEST || score >= options.least) return
  throw new SetupError(`${score.toFixed()} % of the mutants were seen, ${options.least} % at least`)
})
