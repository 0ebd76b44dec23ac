// docs/index.md lists every page, for readers of the repository and for the site alike: what is not on it is nowhere.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { root } from '../lib/paths.mjs'

export const CONTENTS = 'docs/index.md'

/** The sections of a table of contents, with the pages of each: title, and path from the repository's root. */
export function parseOutline(text, page = CONTENTS) {
  const sections = []
  for (const line of text.split('\n')) {
    const heading = /^## (.+)$/.exec(line)
    if (heading !== null) sections.push({ title: heading[1], pages: [] })
    const entry = /^- \[([^\]]+)\]\(([^)#]+\.md)\)/.exec(line)
    if (entry === null) continue
    const path = normalize(join(dirname(page), entry[2]))
    sections.at(-1)?.pages.push({ title: entry[1], path })
  }
  return sections
}

/** What is wrong with an outline, given the pages that there are. */
export function outlineProblems(sections, pages) {
  const listed = sections.flatMap((section) => section.pages.map(({ path }) => path))
  const titles = sections.flatMap((section) => section.pages.map(({ title }) => title))
  return [
    ...pages.filter((page) => !listed.includes(page)).map((page) => `does not list ${page}`),
    ...listed.filter((path) => !pages.includes(path)).map((path) => `lists ${path}, no page`),
    ...twice(listed).map((path) => `lists ${path} twice`),
    ...twice(titles).map((title) => `calls two pages ${JSON.stringify(title)}`),
  ].map((problem) => `${CONTENTS} ${problem}`)
}

const twice = (all) => all.filter((one, at) => all.indexOf(one) !== at)

/** The pages of the repository but the README, which is the site's first page, and the table of contents itself. */
export function sitePages() {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const top = readdirSync(root).filter((file) => file.endsWith('.md') && file !== 'README.md')
  const pages = [
    ...below.filter((file) => file.endsWith('.md')).map((file) => join('docs', file)),
    ...top,
  ]
  return pages.filter((page) => page !== CONTENTS).sort()
}

export function readOutline() {
  return parseOutline(readFileSync(join(root, CONTENTS), 'utf8'))
}
