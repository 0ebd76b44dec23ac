// Options with a wrong name, or of another call, are refused: by the types, and when the program runs.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPTION_CALLS, callOn, closeAll } from './option-calls.ts'
import * as compat from '../../src/compat/index.ts'
import { openEmbedded } from '../../src/index.ts'
import { optionsOfCalls } from './options-of-calls.ts'

const found = optionsOfCalls()

beforeAll(() => callOn(openEmbedded(), compat.open()))
afterAll(closeAll)

/** What a call with these options comes to: an async iterator fails when it is asked. */
async function outcome(name: string, options: object): Promise<unknown> {
  try {
    const result: unknown = await OPTION_CALLS[name]!(options as never)
    const iterator = result as Partial<AsyncIterator<unknown>> | undefined
    if (typeof iterator?.next === 'function') await iterator.next()
    return undefined
  } catch (error) {
    return error
  }
}

const REFUSAL = /^(\S+) is no (?:option of .*, which takes|\w+ option: there are) (.+)$/

describe('options', () => {
  test('of every public call are in the table of this test', () => {
    expect(found.size).toBeGreaterThan(40)
    expect(Object.keys(OPTION_CALLS).sort()).toEqual([...found.keys()].sort())
  })

  test('with a wrong name are refused by an error that names it, and all that there are', async () => {
    const wrongName = fc.oneof(
      fc.stringMatching(/^[a-z][A-Za-z_]{0,20}$/),
      // Of another call.
      fc.constantFrom(...new Set([...found.values()].flat())),
      fc.constantFrom('limt', 'toString', 'constructor', 'hasOwnProperty'),
    )
    const property = fc.asyncProperty(
      fc.constantFrom(...found.keys()),
      wrongName,
      fc.constantFrom(undefined, 5, 'text', true),
      async (name, wrong, value) => {
        const names = found.get(name)!
        const snake = wrong.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
        fc.pre(!names.includes(wrong) && !names.includes(snake))
        const error = await outcome(name, { [wrong]: value })
        expect(error, `${name} took ${wrong}`).toBeInstanceOf(TypeError)
        const said = REFUSAL.exec((error as TypeError).message)
        expect(said, `${name}: ${String(error)}`).not.toBeNull()
        expect(said![1]).toBe(wrong)
        expect(said![2]!.split(', ').sort()).toEqual([...names].sort())
      },
    )
    await fc.assert(property, { numRuns: 400 })
  })

  test('of every public call have such an error', async () => {
    for (const [name, names] of found) {
      const error = await outcome(name, { nothingOfTheKind: 1 })
      expect(error, `${name} took it`).toBeInstanceOf(TypeError)
      expect((error as TypeError).message, name).toMatch(REFUSAL)
      const listed = REFUSAL.exec((error as TypeError).message)![2]!.split(', ')
      expect(listed.sort(), name).toEqual([...names].sort())
    }
  })

  test('that are no object are refused', async () => {
    const nothing = fc.constantFrom(null, 5, 'text', true, [], ['limit'])
    const property = fc.asyncProperty(
      fc.constantFrom(...found.keys()),
      nothing,
      async (name, value) => {
        // The path of a cluster file.
        fc.pre(name !== 'fdbkit open' || typeof value !== 'string')
        const error = await outcome(name, value as never)
        expect(error, `${name} took ${JSON.stringify(value)}`).toBeInstanceOf(TypeError)
      },
    )
    await fc.assert(property, { numRuns: 400 })
  })
})
