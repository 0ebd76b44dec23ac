/** The soak, `npm run soak`: docs/soak.md. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leakReport } from 'fdbkit/tracing'
import { checkout } from '../bench/harness/places.ts'
import { chartOf } from './chart.ts'
import { Ground, type Place } from './ground.ts'
import { Lanes } from './lanes.ts'
import { earlyEnds } from './operations/early-ends.ts'
import { handles } from './operations/handles.ts'
import { invariants } from './operations/invariants.ts'
import type { Operation } from './operations/operation.ts'
import { planted } from './operations/planted.ts'
import { tasks } from './operations/tasks.ts'
import { watches } from './operations/watches.ts'
import { workers } from './operations/workers.ts'
import { heading, lineOf, tallyTable } from './report.ts'
import { settingsOf, USAGE, type Settings } from './settings.ts'
import { Soak, type Interval } from './soak.ts'
import { Violation } from './violation.ts'

const OPERATIONS = [...invariants, ...earlyEnds, ...watches, ...tasks, ...handles, ...workers]

function operationsOf({ plant, without }: Settings): readonly Operation[] {
  const wrong = plant === undefined ? undefined : planted.get(plant)
  const kept = OPERATIONS.filter(({ name }) => without === undefined || !name.includes(without))
  return wrong === undefined ? kept : [...kept, wrong]
}

/** Rejects at the first thing that the process is told of and that nobody should have left to it. */
function watchProcess(): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (what: string) => (error: unknown) =>
      reject(new Violation(`${what}: ${String(error)}`, { cause: error }))
    process.on('unhandledRejection', refuse('a rejection that nobody handles'))
    process.on('uncaughtException', refuse('an exception that nobody catches'))
    process.on('warning', refuse('a warning'))
  })
}

function intervalOf({ minutes, operations, intervals }: Settings): Interval {
  if (operations !== undefined) {
    return { until: new Promise(() => undefined), operations: Math.ceil(operations / intervals) }
  }
  const milliseconds = (minutes / intervals) * 60_000
  return { until: new Promise((resolve) => setTimeout(resolve, milliseconds)) }
}

async function soakFor(soak: Soak, settings: Settings): Promise<void> {
  console.log(heading)
  for (let i = 0; i < settings.intervals; i++) {
    console.log(lineOf(await soak.work(intervalOf(settings))))
  }
  console.log(`\n${soak.judgeMemory()}`)
}

function keep({ chart, json, seed, cluster }: Settings, soak: Soak, lanes: Lanes): void {
  writeFileSync(chart, chartOf(soak.samples))
  if (json === undefined) return
  const tally = Object.fromEntries(
    [...lanes.tally].map(([name, outcomes]) => [name, Object.fromEntries(outcomes)]),
  )
  const kept = { seed, cluster, node: process.version, samples: soak.samples, tally }
  writeFileSync(json, `${JSON.stringify(kept, null, 2)}\n`)
}

async function main(settings: Settings): Promise<void> {
  const { seed, cluster, patience } = settings
  console.log(`the soak of seed ${seed}, on ${cluster ?? 'the embedded engine'}`)
  // The engine draws its faults from it, when it is set up.
  process.env['FDBKIT_ENGINE_SEED'] ??= String(seed)
  const told = watchProcess()
  const place: Place = { cluster, name: `soak${seed}` }
  const ground = await Ground.make(place)
  const lanes = new Lanes({ ground, operations: operationsOf(settings), seed, patience })
  const soak = new Soak(ground, lanes)
  try {
    await Promise.race([soakFor(soak, settings), told])
  } finally {
    console.log(`\n${tallyTable(lanes.tally)}`)
    keep(settings, soak, lanes)
  }
  await ground.remove()
  console.log('\nno violation')
}

let settings: Settings
try {
  settings = settingsOf(process.argv.slice(2), join(checkout, 'build', 'soak.svg'))
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`)
  process.exit(2)
}
try {
  await main(settings)
} catch (error) {
  // What hangs, or was left behind, must not keep the process.
  console.error(`\nviolation: ${error instanceof Violation ? error.message : String(error)}`)
  console.error(error)
  console.error(
    `${leakReport()}\nagain: npm run soak -- ${process.argv.slice(2).join(' ')}, seed ${settings.seed}`,
  )
  process.exit(1)
}
