/** A plot as the text of an SVG document, which can be read on light paper and on dark. */
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

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

export function svgOf(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>')
  const drawn = Plot.plot({ ...options, document }) as unknown as Drawn
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return drawn.outerHTML.replace(/<style>/, `${SCHEME}<style>`) + '\n'
}
