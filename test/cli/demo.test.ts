import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { City } from '../../src/cli/demo/geography/cities.ts'
import { readCities } from '../../src/cli/demo/geography/cities.ts'
import { Keyspace } from '../../src/cli/demo/keyspace.ts'
import { batchesOf } from '../../src/cli/demo/load.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const root = join(import.meta.dirname, '..', '..')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fdbkit-demo-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function demo(args: string[], env: Record<string, string> = {}) {
  const main = join(root, 'dist', 'cli', 'main.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'demo', ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: HANG_LIMIT,
  })
  return { status, stdout, stderr }
}

describe('fdbkit demo', () => {
  test('runs all of its parts on the engine, and prints the rates of each', () => {
    const { status, stdout, stderr } = demo(['--cities', '3000'])
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('3,000 cities')
    expect(stdout.match(/keys\/s/g)).toHaveLength(7)
    expect(stdout).toContain('the watch fired')
    expect(stdout).toContain('conflicted (1020)')
    expect(stderr).toMatch(/loading 100 %/)
  })

  test('takes a cluster file, and says what is wrong with one', () => {
    const clusterFile = join(folder, 'wrong.cluster')
    writeFileSync(clusterFile, 'this is no connection string')
    const library = join(root, 'build', 'engine', 'libfdb_c.so')
    const run = demo(['--cluster', clusterFile], { FDBKIT_LIBRARY: library })
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('holds no connection string')
  })

  test('says where it looked for the library of a cluster', () => {
    const clusterFile = join(folder, 'fdb.cluster')
    writeFileSync(clusterFile, 'test:test@127.0.0.1:4500\n')
    const run = demo(['--cluster', clusterFile], { FDBKIT_LIBRARY: '/nowhere/libfdb_c.so' })
    expect(run.status).toBe(1)
    expect(run.stderr).toContain('/nowhere/libfdb_c.so')
    expect(run.stderr).not.toContain('    at ')
  })
})

describe('batchesOf', () => {
  const keys = new Keyspace('test')
  const city: fc.Arbitrary<City> = fc.record({
    id: fc.nat(),
    name: fc.string({ maxLength: 200 }),
    country: fc.constantFrom('AD', 'IS', 'NZ'),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    lng: fc.double({ min: -180, max: 180, noNaN: true }),
    geohash: fc.constant('u4pruydqq'),
  })

  test('hold every city once, in order, below the limit', () => {
    const limits = fc.integer({ min: 2_500, max: 20_000 })
    fc.assert(
      fc.property(fc.array(city, { maxLength: 60 }), limits, (cities, limit) => {
        const batches = [...batchesOf(cities, keys, limit)]
        expect(batches.map(({ number }) => number)).toEqual(batches.map((_, i) => i))
        const total = batches.reduce((sum, batch) => sum + batch.cities, 0)
        expect(total).toBe(cities.length)
        for (const { pairs, cities: held, counts } of batches) {
          expect(pairs).toHaveLength(3 * held)
          expect([...counts.values()].reduce((sum, value) => sum + value, 0)).toBe(held)
          const bytes = pairs.reduce((sum, [key, value]) => sum + key.length + value.length, 0)
          expect(bytes).toBeLessThanOrEqual(limit)
        }
        const written = batches.flatMap(({ pairs }) => pairs.map(([key]) => key))
        const records = written.filter((_, i) => i % 3 === 0)
        expect(records).toEqual(cities.map(({ id }) => keys.key('city', id)))
      }),
    )
  })
})

describe('the data set', () => {
  test('has cities with positions all over the world', () => {
    const cities = readCities()
    expect(cities.length).toBeGreaterThan(150_000)
    expect(new Set(cities.map(({ country }) => country)).size).toBeGreaterThan(200)
    expect(cities.every(({ lat, lng }) => Math.abs(lat) <= 90 && Math.abs(lng) <= 180)).toBe(true)
  })
})
