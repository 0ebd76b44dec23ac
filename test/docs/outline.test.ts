/** docs/index.md is what the site has beside its pages: each page once. */
import { describe, expect, it } from 'vitest'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../src/native/library/engine-path.ts'

interface Section {
  readonly title: string
  readonly pages: readonly { readonly title: string; readonly path: string }[]
}
interface Outline {
  parseOutline(text: string, page?: string): Section[]
  outlineProblems(sections: readonly Section[], pages: readonly string[]): string[]
  readOutline(): Section[]
  sitePages(): string[]
}

const path = join(packageRoot(), 'scripts', 'site', 'outline.mjs')
const outline = (await import(pathToFileURL(path).href)) as Outline

describe('the outline', () => {
  it('has sections and their pages, with paths from the root', () => {
    const text =
      '# All\n\n## One\n\n- [A](a.md): first\n- [B](../B.md): top\n\n## Two\n\n- [C](x/c.md): c\n'
    expect(outline.parseOutline(text, 'docs/index.md')).toEqual([
      {
        title: 'One',
        pages: [
          { title: 'A', path: 'docs/a.md' },
          { title: 'B', path: 'B.md' },
        ],
      },
      { title: 'Two', pages: [{ title: 'C', path: 'docs/x/c.md' }] },
    ])
  })

  it('is refused when a page is missing, is not there, or comes twice', () => {
    const sections = [
      {
        title: 'One',
        pages: [
          { title: 'A', path: 'a.md' },
          { title: 'A', path: 'b.md' },
          { title: 'C', path: 'b.md' },
        ],
      },
    ]
    expect(outline.outlineProblems(sections, ['a.md', 'd.md'])).toEqual([
      'docs/index.md does not list d.md',
      'docs/index.md lists b.md, no page',
      'docs/index.md lists b.md, no page',
      'docs/index.md lists b.md twice',
      'docs/index.md calls two pages "A"',
    ])
  })

  it('of the repository has every page, those for developers last', () => {
    const sections = outline.readOutline()
    expect(outline.outlineProblems(sections, outline.sitePages())).toEqual([])
    const last = sections.at(-1)?.pages.map((page) => page.path)
    expect(last).toEqual(
      expect.arrayContaining(['docs/architecture.md', 'docs/ring.md', 'docs/seeds.md']),
    )
  })
})
