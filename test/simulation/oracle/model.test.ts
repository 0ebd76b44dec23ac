import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MutationType } from '../../../src/index.ts'
import { applyAtomic, stamped } from '../../../src/simulation/oracle/model/atomic-operations.ts'
import { ByteMap } from '../../../src/simulation/oracle/model/byte-map.ts'
import { countOf, keyOf, rowsOf } from '../../../src/simulation/oracle/model/reads.ts'
import { applyAtomic as modelAtomic } from '../../client/model/atomic.ts'

const key = fc.string({ unit: fc.constantFrom('a', 'b', '\x00', '\xfe'), maxLength: 3 })
const value = fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes))
const change = fc.oneof(
  fc.record({ what: fc.constant('set' as const), key, value }),
  fc.record({ what: fc.constant('clear' as const), key, end: key }),
)
const changes = fc.array(change, { maxLength: 30 })
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function apply(map: ByteMap, each: Change): void {
  if (each.what === 'set') map.set(each.key, each.value)
  else map.clear(each.key, each.end)
}

function applyToModel(model: Map<string, Buffer>, each: Change): void {
  if (each.what === 'set') model.set(each.key, each.value)
  else for (const key of model.keys()) if (each.key <= key && key < each.end) model.delete(key)
}

const sorted = (model: Map<string, Buffer>) => [...model].sort(([a], [b]) => (a < b ? -1 : 1))

describe('what the oracle knows the database to hold', () => {
  it('is a map in the order of the keys, and is as before after what was tried', () => {
    fc.assert(
      fc.property(changes, changes, (first, tried) => {
        const [map, model] = [new ByteMap(), new Map<string, Buffer>()]
        for (const each of first) {
          apply(map, each)
          applyToModel(model, each)
        }
        const before = sorted(model)
        map.tentatively(() => {
          for (const each of tried) {
            apply(map, each)
            applyToModel(model, each)
          }
          expect([...map.entries()]).toEqual(sorted(model))
        })
        expect([...map.entries()]).toEqual(before)
      }),
    )
  })

  it('has keys and ranges by selectors, as FoundationDB resolves them', () => {
    const selector = fc.record({
      key,
      orEqual: fc.boolean(),
      offset: fc.integer({ min: -4, max: 5 }),
    })
    const limit = fc.integer({ min: 0, max: 9 })
    fc.assert(
      fc.property(
        changes,
        selector,
        selector,
        fc.boolean(),
        limit,
        (all, begin, end, reverse, most) => {
          const [map, model] = [new ByteMap(), new Map<string, Buffer>()]
          for (const each of all) {
            apply(map, each)
            applyToModel(model, each)
          }
          const rows = sorted(model)
          const placeOf = ({ key, orEqual, offset }: typeof begin) =>
            rows.filter(([each]) => each < key || (orEqual && each === key)).length - 1 + offset
          const at = placeOf(begin)
          expect(keyOf(map, begin)).toBe(at < 0 ? '' : (rows[at]?.[0] ?? '\xff'))
          const from = Math.max(0, at)
          const wanted = rows.slice(from, Math.max(from, placeOf(end)))
          if (reverse) wanted.reverse()
          const query = { begin, end, reverse }
          expect(countOf(map, query)).toBe(wanted.length)
          expect(rowsOf(map, query, most)).toEqual(wanted.slice(0, most))
        },
      ),
    )
  })

  it('has the values that atomic operations make', () => {
    const types = [...new Set(Object.values(MutationType))].filter(
      (type) =>
        ![MutationType.SetVersionstampedKey, MutationType.SetVersionstampedValue].includes(
          type as never,
        ),
    )
    const before = fc.option(value, { nil: undefined })
    fc.assert(
      fc.property(fc.constantFrom(...types), before, value, (type, old, operand) => {
        expect(applyAtomic(type, old, operand)).toEqual(modelAtomic(type, old, operand))
      }),
      { numRuns: 1000 },
    )
  })

  it('has stamps where the last four bytes say', () => {
    const operand = Buffer.concat([Buffer.from('ab'), Buffer.alloc(10), Buffer.from([2, 0, 0, 0])])
    expect(stamped(operand, Buffer.alloc(10, 7))).toEqual(
      Buffer.concat([Buffer.from('ab'), Buffer.alloc(10, 7)]),
    )
  })
})
