/** What the command line says. */
import { parseArgs } from 'node:util'
import { planted } from './operations/planted.ts'

export const USAGE =
  'npm run soak -- [--minutes N | --operations N] [--seed S] [--cluster FILE] [--intervals N] ' +
  '[--patience SECONDS] [--chart FILE] [--json FILE] [--plant NAME] [--without NAME]'

export interface Settings {
  readonly minutes: number
  /** By work, and not by the clock. */
  readonly operations: number | undefined
  readonly intervals: number
  readonly seed: number
  readonly cluster: string | undefined
  /** Milliseconds. */
  readonly patience: number
  readonly chart: string
  readonly json: string | undefined
  readonly plant: string | undefined
  /** Operations that have this in their name are left out. */
  readonly without: string | undefined
}

const SEEDS = 2 ** 31

/** @throws TypeError for what is not understood. */
export function settingsOf(args: readonly string[], defaultChart: string): Settings {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: text,
      operations: text,
      intervals: text,
      seed: text,
      cluster: text,
      patience: text,
      chart: text,
      json: text,
      plant: text,
      without: text,
    },
  })
  const { cluster, chart = defaultChart, json, plant, without } = values
  if (plant !== undefined && !planted.has(plant)) {
    throw new TypeError(`--plant is one of ${[...planted.keys()].join(', ')}, not ${plant}`)
  }
  const operations = values.operations === undefined ? undefined : count(values, 'operations')
  return {
    minutes: positive(values, 'minutes') ?? 1,
    operations,
    intervals: count(values, 'intervals') ?? (operations === undefined ? 60 : 4),
    seed: values.seed === undefined ? Math.floor(Math.random() * SEEDS) : seedOf(values.seed),
    cluster,
    patience: (positive(values, 'patience') ?? 600) * 1000,
    chart,
    json,
    plant,
    without,
  }
}

type Values = Readonly<Record<string, string | undefined>>

function positive(values: Values, name: string): number | undefined {
  const value = values[name]
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isFinite(number) && number > 0) return number
  throw new TypeError(`--${name} is a number above 0, not ${value}`)
}

function count(values: Values, name: string): number | undefined {
  const number = positive(values, name)
  if (number === undefined || Number.isInteger(number)) return number
  throw new TypeError(`--${name} is an integer above 0, not ${values[name]}`)
}

function seedOf(text: string): number {
  const seed = Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed < SEEDS) return seed
  throw new TypeError(`--seed is an integer from 0 to ${SEEDS - 1}, not ${text}`)
}
