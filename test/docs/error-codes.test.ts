/**
 * The page of the error codes is what the client's table says, and the page of troubleshooting names every class of error.
 * `npm test -- test/docs/error-codes.test.ts -u` writes the first anew.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorNames } from '../../src/native/errors/error-names.ts'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { errorPage } from './error-page.ts'
import { entries } from './examples.ts'

const folder = join(packageRoot(), 'docs', 'production')

describe('the page of the error codes', () => {
  it('is made of the table of the client', async () => {
    await expect(errorPage()).toMatchFileSnapshot(join(folder, 'error-codes.md'))
  })

  it('has each code once', () => {
    const rows = [...errorPage().matchAll(/^\| (\d+) \| `(\w+)` \|/gm)]
    const listed = rows.map(([, code, name]) => [Number(code), name])
    const known = Object.entries(errorNames).map(([code, name]) => [Number(code), name])
    const byCode = (a: unknown[], b: unknown[]): number => Number(a[0]) - Number(b[0])
    expect(listed.sort(byCode)).toEqual(known)
  })

  it('says what to do about each that a program meets', () => {
    const rows = [...errorPage().matchAll(/^\| (\d+) \| `\w+` \| [^|]+ \|([^|]*)\|([^|]*)\|$/gm)]
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter((row) => !row[2]?.trim() || !row[3]?.trim()).map((row) => row[1])).toEqual(
      [],
    )
  })
})

/** The exported classes of errors of an entry point. */
async function errorClasses(source: string): Promise<string[]> {
  const all = Object.entries((await import(source)) as Record<string, unknown>)
  const isError = (value: unknown): boolean =>
    typeof value === 'function' && value.prototype instanceof Error
  return all.filter(([, value]) => isError(value)).map(([name]) => name)
}

describe('the page of troubleshooting', () => {
  it.each(entries())('has a row for each class of error of $specifier', async ({ source }) => {
    const rows = readFileSync(join(folder, 'troubleshooting.md'), 'utf8').match(/^\| `.*$/gm) ?? []
    const named = new Set(rows.flatMap((row) => row.split('|')[1]?.match(/\w+/g) ?? []))
    expect((await errorClasses(source)).filter((name) => !named.has(name))).toEqual([])
  })
})
