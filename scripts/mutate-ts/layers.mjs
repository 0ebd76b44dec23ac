// The layers of the core, and for each the tests that must see a fault of its sources: those of its own folder.
const layers = ['future', 'task', 'client', 'layers']

/** Tests that say what a stack, or the text of a function, looks like: Stryker writes both anew. */
const OF_THE_TEXT = []

const testsOf = (layer) => [
  `test/${layer}/**/*.test.ts`,
  ...OF_THE_TEXT.filter((file) => file.startsWith(`test/${layer}/`)).map((file) => `!${file}`),
]

/** Files or globs by layer, as [{layer, sources, tests}]; what is not of the core is left out. */
export function byLayer(paths) {
  return layers
    .map((layer) => ({
      layer,
      sources: paths.filter((path) => path.startsWith(`src/${layer}/`) && path.includes('.ts')),
      tests: testsOf(layer),
    }))
    .filter(({ sources }) => sources.length > 0)
}

export const everything = layers.map((layer) => `src/${layer}/**/*.ts`)
