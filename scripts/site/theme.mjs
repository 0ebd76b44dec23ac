// How the site looks: TypeDoc's theme, with the sections of docs/index.md beside the page, the API before the last of
// them, and a way from page to page.
import { DefaultTheme, IndexEvent, JSX, PageEvent, ReflectionKind } from 'typedoc'
import { CONTENTS } from './outline.mjs'

const API = 'API'

/** Gives the pages their titles of the outline. @returns them by their path. */
function namePages(project, outline, pathOf) {
  const byPath = new Map()
  for (const document of project.documents ?? []) byPath.set(pathOf(document), document)
  for (const { title, path } of outline.flatMap(({ pages }) => pages)) {
    const document = byPath.get(path)
    if (document !== undefined) document.name = title
  }
  for (const { path } of outline.at(-1)?.pages ?? []) {
    const document = byPath.get(path)
    if (document !== undefined) document.relevanceBoost = DEVELOPERS
  }
  const contents = byPath.get(CONTENTS)
  if (contents !== undefined) contents.name = 'Contents'
  return byPath
}

/** The way through the pages, as links at the end of each. */
function stepsOf(context, order) {
  const at = order.indexOf(context.page.model)
  if (at < 0) return JSX.createElement(JSX.Fragment, null)
  const link = (document, kind) =>
    document === undefined
      ? JSX.createElement('span', null)
      : JSX.createElement('a', { href: context.urlTo(document), class: kind }, document.name)
  return JSX.createElement(
    'nav',
    { class: 'site-steps', 'aria-label': 'Pages' },
    link(order[at - 1], 'site-previous'),
    link(order[at + 1], 'site-next'),
  )
}

/** All sections but those for few are open until a reader closes them. */
function openingScript(open) {
  const keys = JSON.stringify(open.map((title) => `tsd-accordion-${title}`))
  const html = `try{for(const k of ${keys})localStorage.getItem(k)??localStorage.setItem(k,'true')}catch{}`
  return JSX.createElement('script', null, JSX.createElement(JSX.Raw, { html }))
}

/**
 * A word that is looked for is more often in a heading or table of a page than in the name of a function. The search counts
 * a word less in a long field than in a short one, and almost all that it knows has no heading at all: hence the sizes.
 */
const WEIGHTS = { headings: 60, terms: 400, document: 6, comment: 2 }
/** Pages for developers of fdbkit come after those for its users. */
const DEVELOPERS = 0.2

/** What the search knows: more of pages, and no name twice. */
function prepareIndex(event) {
  Object.assign(event.searchFieldWeights, WEIGHTS)
  for (let at = event.searchResults.length - 1; at >= 0; at--) {
    const found = event.searchResults[at]
    if (found.kindOf(ReflectionKind.Reference)) event.removeResult(at)
    if (found.isDocument()) Object.assign(event.searchFields[at], wordsOf(found))
  }
}

/** The headings of a page, and the codes and names that its tables explain: in their first two columns. */
export function wordsOf(document) {
  const text = document.content.map((part) => part.text).join('')
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading)
  const rows = [...text.matchAll(/^\| (?:(\d+)|`([^|]+)`) \|(?: `([^|]+)` \|)?/gm)]
  const terms = rows.flatMap(([, ...cells]) => cells.filter((cell) => cell !== undefined))
  return { headings: headings.join('\n'), terms: terms.join('\n') }
}

/** Long names in cells of a table may go on in the next line behind `_` and `.`, so that the other columns have room. */
export function withBreaks(html) {
  return html.replaceAll(/<td[^>]*>.*?<\/td>/gs, (cell) =>
    cell.replaceAll(/>[^<]+/g, (text) => text.replaceAll(/(?<=\w)[_.](?=[a-z])/gi, '$&<wbr>')),
  )
}

/** The sections beside a page: those of the outline, and the API before the last, which is for developers. */
export function navigationOf(outline, urlOf, modules) {
  const sections = outline.map(({ title, pages }) => ({
    text: title,
    children: pages.map((page) => ({ text: page.title, path: urlOf(page.path) })),
  }))
  const api = modules.toSorted((a, b) => (a.text < b.text ? -1 : 1))
  return sections.toSpliced(-1, 0, { text: API, children: api })
}

/** Call it between the conversion and the output. */
export function useSiteTheme(application, project, outline, pathOf) {
  const byPath = namePages(project, outline, pathOf)
  const order = outline.flatMap(({ pages }) => pages.map(({ path }) => byPath.get(path)))

  class SiteTheme extends DefaultTheme {
    buildNavigation(of) {
      const modules = super
        .buildNavigation(of)
        .filter(({ kind }) => kind !== ReflectionKind.Document)
      return navigationOf(outline, (path) => this.router.getFullUrl(byPath.get(path)), modules)
    }
  }
  application.renderer.defineTheme('site', SiteTheme)
  application.options.setValue('theme', 'site')
  application.renderer.on(IndexEvent.PREPARE_INDEX, prepareIndex)
  application.renderer.on(PageEvent.END, (page) => {
    page.contents &&= withBreaks(page.contents)
  })
  const { hooks } = application.renderer
  hooks.on('body.begin', () => openingScript(outline.slice(0, -1).map(({ title }) => title)))
  hooks.on('content.end', (context) => stepsOf(context, order))
}
