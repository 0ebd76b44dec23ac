/** The chart of the page: how many times as fast as each other, row by row. */
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { RowResult } from './run-row.ts'

const NAMES = { peer: 'the peer', c: 'C' } as const

const COLOURS: ReadonlyMap<string, string> = new Map([
  [NAMES.peer, '#3987e5'],
  [NAMES.c, '#e5703a'],
])

/** What is used of an element: the compiler knows no DOM here. */
interface Drawn {
  readonly outerHTML: string
  setAttribute(name: string, value: string): void
}

/** Light paper or dark: lines and text take the colour of the reader's scheme, marks one that stands out on both. */
const SCHEME = `<style>
  svg { color: #1f2328; }
  @media (prefers-color-scheme: dark) { svg { color: #e6edf3; } }
</style>`

/** An SVG document. Rows without another contender have no place in it. */
export function chartOf(results: readonly RowResult[]): string {
  const dots = results.flatMap(({ row, ratios }) =>
    (['peer', 'c'] as const).flatMap((who) => {
      const spread = ratios[who]
      return spread === undefined ? [] : [{ row: row.name, against: NAMES[who], ...spread }]
    }),
  )
  const { document } = parseHTML('<html><body></body></html>')
  const names = [...new Set(dots.map(({ row }) => row))]
  const figure = Plot.plot({
    document,
    width: 860,
    height: 60 + 20 * names.length,
    marginLeft: 330,
    marginTop: 40,
    x: {
      type: 'log',
      label: 'operations a second of fdbkit, for one of the other',
      grid: true,
      tickFormat: String,
    },
    y: { domain: names, label: null },
    color: { domain: [...COLOURS.keys()], range: [...COLOURS.values()] },
    marks: [
      ...[...COLOURS].map(([name, fill], i) =>
        Plot.text([`● against ${name}`], {
          frameAnchor: 'top-left',
          fill,
          dx: 130 * i,
          dy: -20,
        }),
      ),
      Plot.ruleX([1], { stroke: 'currentColor' }),
      Plot.ruleY(dots, { y: 'row', x1: 'least', x2: 'most', stroke: 'against', strokeWidth: 2 }),
      Plot.dot(dots, { y: 'row', x: 'median', fill: 'against', r: 4 }),
    ],
  })
  const drawn = figure as unknown as Drawn
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return drawn.outerHTML.replace(/<style>/, `${SCHEME}<style>`) + '\n'
}
