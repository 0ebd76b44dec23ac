import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOf } from '../../src/simulation/client/verdict.ts'

test('a check passes by true alone, and says what it gave; setup and start fail by false alone', () => {
  fc.assert(
    fc.property(fc.anything({ withBoxedValues: true, withNullPrototype: true }), (gave) => {
      const fault = faultOf('check', gave)
      if (gave === true) expect(fault).toBeUndefined()
      else expect(fault).toMatch(/^check gave .+: only true passes$/s)
      for (const phase of ['setup', 'start'] as const) {
        expect(faultOf(phase, gave)).toBe(gave === false ? `${phase} gave false` : undefined)
      }
    }),
  )
})

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [NaN, 'NaN'],
  [-0, '-0'],
  [1n, '1n'],
  ['true', "'true'"],
  [[true], 'an array'],
  [Symbol('yes'), 'Symbol(yes)'],
  [() => true, 'function'],
])('%o is shown as what it is', (gave, shown) => {
  expect(faultOf('check', gave)).toBe(`check gave ${shown}: only true passes`)
})
