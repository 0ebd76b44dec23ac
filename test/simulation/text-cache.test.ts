import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { TextCache } from '../../src/simulation/process/text-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-cache-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('makes each text once, whoever asks', () => {
  const made = new Map<string, number>()
  const ask = (text: string): string =>
    new TextCache(folder).get(text, () => {
      made.set(text, (made.get(text) ?? 0) + 1)
      return `made of ${text}`
    })
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3, unit: 'binary' })), (texts) => {
      for (const text of texts) expect(ask(text)).toBe(`made of ${text}`)
    }),
  )
  expect(new Set(made.values())).toEqual(new Set([1]))
  expect(readdirSync(folder).length).toBe(made.size)
})

it('makes a text anew where it can not be kept', () => {
  const nowhere = new TextCache(join(folder, 'nowhere'))
  expect(nowhere.get('text', () => 'first')).toBe('first')
  expect(nowhere.get('text', () => 'second')).toBe('second')
})

it('keeps nothing of what failed', () => {
  const cache = new TextCache(folder)
  const fails = (): string => {
    throw new Error('no such syntax')
  }
  expect(() => cache.get('failing', fails)).toThrow('no such syntax')
  expect(cache.get('failing', () => 'then made')).toBe('then made')
})
