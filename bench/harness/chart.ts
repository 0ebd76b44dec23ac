/** The chart of the page: how many times as fast as each other, row by row. */
import * as Plot from '@observablehq/plot'
import { svgOf } from './svg.ts'
import type { RowResult } from './run-row.ts'

const NAMES = { peer: 'the peer', c: 'C' } as const

const COLOURS: ReadonlyMap<string, string> = new Map([
  [NAMES.peer, '#3987e5'],
  [NAMES.c, '#e5703a'],
])

/** An SVG document. Rows without another contender have no place in it. */
export function chartOf(results: readonly RowResult[]): string {
  const dots = results.flatMap(({ row, ratios }) =>
    (['peer', 'c'] as const).flatMap((who) => {
      const spread = ratios[who]
      return spread === undefined ? [] : [{ row: row.name, against: NAMES[who], ...spread }]
    }),
  )
  const names = [...new Set(dots.map(({ row }) => row))]
  return svgOf({
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
}
