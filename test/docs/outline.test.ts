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

interface Entry {
  readonly text: string
  readonly path?: string
  readonly children?: readonly Entry[]
}
interface Theme {
  navigationOf(
    sections: readonly Section[],
    urlOf: (path: string) => string,
    modules: readonly Entry[],
  ): Entry[]
  withBreaks(html: string): string
  wordsOf(document: { content: readonly { text: string }[] }): Readonly<Record<string, string>>
}

const load = async (file: string): Promise<unknown> =>
  import(pathToFileURL(join(packageRoot(), 'scripts', 'site', file)).href)
const outline = (await load('outline.mjs')) as Outline
const theme = (await load('theme.mjs')) as Theme

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

describe('the site', () => {
  it('has the API before the last section, and its modules in order', () => {
    const sections = [
      { title: 'Guide', pages: [{ title: 'First', path: 'docs/a.md' }] },
      { title: 'Inside', pages: [{ title: 'Ring', path: 'docs/b.md' }] },
    ]
    const modules = [{ text: 'fdbkit/task' }, { text: 'fdbkit' }]
    const found = theme.navigationOf(sections, (path) => `${path}.html`, modules)
    expect(found).toEqual([
      { text: 'Guide', children: [{ text: 'First', path: 'docs/a.md.html' }] },
      { text: 'API', children: [{ text: 'fdbkit' }, { text: 'fdbkit/task' }] },
      { text: 'Inside', children: [{ text: 'Ring', path: 'docs/b.md.html' }] },
    ])
  })

  it('lets long names in tables go on in the next line, and leaves links and code alone', () => {
    const cell = '<td><a href="a_b.html">x_y</a> <code>db.get_all</code> 1.5</td>'
    expect(theme.withBreaks(`<p>a_b</p>${cell}`)).toBe(
      '<p>a_b</p><td><a href="a_b.html">x_<wbr>y</a> <code>db.<wbr>get_<wbr>all</code> 1.5</td>',
    )
  })

  it('finds a page by its headings, and by the codes and names of its tables', () => {
    const text =
      '# Codes\n\ntext\n\n| code | name |\n| --- | --- |\n| 1021 | `lost` | no |\n| `db.get` | a |\n'
    expect(theme.wordsOf({ content: [{ text }] })).toEqual({
      headings: 'Codes',
      terms: '1021\nlost\ndb.get',
    })
  })
})
