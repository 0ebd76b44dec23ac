/** The parts of an archive for Joshua, without a simulation. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterAll, describe, expect, it } from 'vitest'
import { draw } from '../../../src/cli/sim/joshua/draw.ts'
import { testLine } from '../../../src/cli/sim/joshua/test-line.ts'
import { packageFolderOf, packageNameOf } from '../../../src/cli/sim/package/add-packages.ts'
import { Layout } from '../../../src/cli/sim/package/layout.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("Joshua's seed", () => {
  it('is a seed and a test, and each of both comes', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 2n ** 63n - 1n),
        fc.integer({ min: 1, max: 1000 }),
        (seed, tests) => {
          const drawn = draw(String(seed), tests)
          expect(drawn.seed).toBe(Number(BigInt.asUintN(32, seed)))
          expect(drawn.test).toBe(Number((seed >> 32n) % BigInt(tests)))
        },
      ),
    )
    const all = Array.from({ length: 7 }, (_, test) => draw(String(BigInt(test) << 32n), 7).test)
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})

describe('the line of a run', () => {
  const text = fc.string({ unit: 'binary', maxLength: 50 })

  it('is XML, and one line, whatever is in its texts', () => {
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.array(text, { maxLength: 5 }),
        (file, problem, seed, texts) => {
          const tellings = texts.map((text) => ({ kind: 'error' as const, text }))
          const base = { version: '1', joshuaSeed: seed, file, tellings, command: problem }
          const line = testLine({ ...base, problem })
          expect(line).not.toMatch(/[\n\r]/)
          expect(XMLValidator.validate(line)).toBe(true)
        },
      ),
    )
  })

  it('keeps lines within a text, and no more of a long one than fits', () => {
    const tellings = [
      { kind: 'error' as const, text: 'a\tb\nc "d" <e>' },
      { kind: 'trace' as const, text: 'x'.repeat(1e6) },
    ]
    const line = testLine({ version: '1', joshuaSeed: '1', problem: 'why', tellings })
    const options = { ignoreAttributes: false, attributeNamePrefix: '', htmlEntities: true }
    const { Test } = new XMLParser(options).parse(line) as {
      Test: { Error: { Text: string; Severity: string }; Trace: { Text: string } }
    }
    expect(Test.Error).toEqual({ Severity: '40', Text: 'a\tb\nc "d" <e>' })
    expect(Test.Trace.Text).toMatch(/^x{4000}…$/)
  })
})

describe('the layout', () => {
  it('keeps links, and where they lead to', () => {
    mkdirSync(join(folder, 'real/deep'), { recursive: true })
    writeFileSync(join(folder, 'real/deep/file'), '')
    symlinkSync('real', join(folder, 'one'))
    symlinkSync('../one/deep', join(folder, 'real/two'))
    const layout = new Layout()
    expect(layout.addFile(join(folder, 'one/two/file'))).toBe(join(folder, 'real/deep/file'))
    expect([...layout.links]).toEqual([
      [join(folder, 'one'), join(folder, 'real')],
      [join(folder, 'real/two'), join(folder, 'one/deep')],
    ])
    expect(layout.common()).toBe(folder)
  })

  it('refuses a circle of links, and what is not there', () => {
    symlinkSync('b', join(folder, 'a'))
    symlinkSync('a', join(folder, 'b'))
    expect(() => new Layout().addFile(join(folder, 'a'))).toThrow('is a circle of links')
    expect(() => new Layout().addFile(join(folder, 'none'))).toThrow('there is no file')
  })

  it('knows packages by their names', () => {
    const names = ['a', 'a/b', '@s/a', '@s/a/b', './a', '../a', '#a', 'node:fs', '/a', '.']
    expect(names.map(packageNameOf)).toEqual([
      ...['a', 'a', '@s/a', '@s/a'],
      ...Array.from({ length: 6 }, () => undefined),
    ])
    expect(packageFolderOf('/x/node_modules/a/node_modules/@s/b/c/d.js')).toBe(
      '/x/node_modules/a/node_modules/@s/b',
    )
    expect(packageFolderOf('/x/node_modules/a/b.js')).toBe('/x/node_modules/a')
    expect(packageFolderOf('/x/y.js')).toBeUndefined()
  })
})
