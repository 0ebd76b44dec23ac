/** The mutants of the TypeScript core: which are drawn, what came of them, and whose tests try them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rangesOf } from '../../scripts/mutate-ts/changed.mjs'
import { chosen, keyOf, type Drawable } from '../../scripts/mutate-ts/draw.mjs'
import { byLayer, everything } from '../../scripts/mutate-ts/layers.mjs'
import { outcomeOf, scoreOf, textAt } from '../../scripts/mutate-ts/outcomes.mjs'

const place = fc.record({ line: fc.nat(9), column: fc.nat(9) })
const mutants = fc.uniqueArray(
  fc.record<Drawable>({
    file: fc.constantFrom('src/a.ts', 'src/b.ts'),
    location: fc.record({ start: place, end: place }),
    operator: fc.constantFrom('EqualityOperator', 'StringLiteral'),
    is: fc.string({ maxLength: 3 }),
  }),
  { selector: keyOf, maxLength: 20 },
)

describe('a draw', () => {
  test('of fewer is the beginning of one of more, and has each once', () => {
    fc.assert(
      fc.property(mutants, fc.integer(), fc.nat(20), fc.nat(20), (all, seed, a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)]
        const drawn = chosen(all, { seed, count: many })
        expect(drawn.slice(0, few)).toEqual(chosen(all, { seed, count: few }))
        expect(drawn).toHaveLength(Math.min(many, all.length))
        expect(new Set(drawn).size).toBe(drawn.length)
        expect(all).toEqual(expect.arrayContaining(drawn))
      }),
    )
  })

  test('by keys has those, whatever else there is', () => {
    fc.assert(
      fc.property(mutants, fc.func(fc.boolean()), (all, isWanted) => {
        const wanted = all.filter((mutant) => isWanted(mutant))
        const keys = [...wanted.map(keyOf), 'of a source that changed']
        expect(chosen(all, { keys })).toEqual(wanted)
      }),
    )
  })
})

describe('what changed', () => {
  test('is the lines that a diff adds, whatever they say', () => {
    const words = fc.constantFrom('a', '@@ -1 +1 @@', '++ b/src/c.ts', '- x')
    const hunk = fc.record({
      gap: fc.integer({ min: 1, max: 9 }),
      gone: fc.array(words, { maxLength: 2 }),
      come: fc.array(words, { maxLength: 3 }),
    })
    fc.assert(
      fc.property(fc.array(hunk, { minLength: 1, maxLength: 4 }), (hunks) => {
        const lines = ['diff --git a/src/a.ts b/src/a.ts', '--- a/src/a.ts', '+++ b/src/a.ts']
        const expected: string[] = []
        let line = 1
        for (const { gap, gone, come } of hunks) {
          line += gap
          lines.push(`@@ -${line},${gone.length} +${line},${come.length} @@ function f() {`)
          lines.push(...gone.map((text) => `-${text}`), ...come.map((text) => `+${text}`))
          if (come.length > 0) expected.push(`src/a.ts:${line}-${line + come.length - 1}`)
          line += come.length
        }
        expect(rangesOf(lines.join('\n'))).toEqual(expected)
      }),
    )
  })

  test('has one line where no count is written', () => {
    expect(rangesOf('+++ b/src/a.ts\n@@ -3 +4 @@\n-a\n+b')).toEqual(['src/a.ts:4-4'])
  })
})

describe('what came of a mutant', () => {
  test('the text at a place is what was there', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ' ', '{') })
    const lines = fc.array(line, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(lines, lines, lines, (before, inside, after) => {
        const [head, text] = [before.join('\n'), inside.join('\n')]
        const at = (upTo: string) => {
          const all = upTo.split('\n')
          return { line: all.length, column: all.at(-1)!.length + 1 }
        }
        const location = { start: at(head), end: at(head + text) }
        expect(textAt(head + text + after.join('\n'), location)).toBe(text)
      }),
    )
  })

  test('what no test reaches has survived, and what Stryker cannot name is an error', () => {
    expect(outcomeOf('NoCoverage')).toBe('survived')
    expect(() => outcomeOf('Pending')).toThrow('Pending')
  })

  test('the score is the share of those that were seen', () => {
    const results = ['Killed', 'Timeout', 'RuntimeError', 'Survived'].map((status) => ({
      outcome: outcomeOf(status),
    }))
    expect(scoreOf(results)).toBe(75)
    expect(scoreOf([])).toBeUndefined()
  })
})

test('sources are tried by the tests of their layer, and what is not of the core is not tried', () => {
  const parts = byLayer(['src/cli/main.ts', 'src/task/core/task.ts', 'src/task/index.ts'])
  const sources = ['src/task/core/task.ts', 'src/task/index.ts']
  expect(parts).toEqual([{ layer: 'task', sources, tests: ['test/task/**/*.test.ts'] }])
  expect(byLayer(everything).map(({ layer }) => layer)).toEqual([
    'future',
    'task',
    'client',
    'layers',
  ])
})
