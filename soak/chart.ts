/** The samples of a soak as a picture: each figure in percent of what it was behind the warm-up. */
import * as Plot from '@observablehq/plot'
import { svgOf } from '../bench/harness/svg.ts'
import type { Sample } from './soak.ts'
import { verdictOn } from './verdict.ts'

const FIGURES = [
  { what: 'resident memory', of: ({ resident }: Sample) => resident, colour: '#3987e5' },
  { what: 'heap', of: ({ heap }: Sample) => heap, colour: '#e5703a' },
  { what: 'operations a second', of: ({ perSecond }: Sample) => perSecond, colour: '#8a8f98' },
] as const

/** The highest that memory may be at the end. */
const LIMIT = 105

/** An SVG document. With too few samples for a verdict, the last one is 100 %. */
export function chartOf(samples: readonly Sample[]): string {
  const points = FIGURES.flatMap(({ what, of }) => {
    const values = samples.map(of)
    const whole = verdictOn(values)?.before ?? values.at(-1) ?? 1
    return values.map((value, i) => ({
      what,
      minutes: samples[i]?.minutes,
      percent: (value / whole) * 100,
    }))
  })
  return svgOf({
    width: 860,
    height: 340,
    marginTop: 40,
    marginLeft: 50,
    x: { label: 'minutes' },
    y: { label: '% of what it was behind the warm-up', grid: true, zero: true },
    color: { domain: FIGURES.map(({ what }) => what), range: FIGURES.map(({ colour }) => colour) },
    marks: [
      ...FIGURES.map(({ what, colour }, i) =>
        Plot.text([`● ${what}`], { frameAnchor: 'top-left', fill: colour, dx: 150 * i, dy: -20 }),
      ),
      Plot.ruleY([0]),
      Plot.ruleY([LIMIT], { stroke: 'currentColor', strokeDasharray: '4 4' }),
      Plot.line(points, { x: 'minutes', y: 'percent', stroke: 'what' }),
    ],
  })
}
