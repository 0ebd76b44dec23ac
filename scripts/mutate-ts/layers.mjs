// The layers of the core, and for each the tests that must see a fault of its sources: those of its own folder.
const layers = ['future', 'task', 'client', 'layers']

/** Files or globs by layer, as [{layer, sources, tests}]; what is not of the core is left out. */
export function byLayer(paths) {
  return layers
    .map((layer) => ({
      layer,
      sources: paths.filter((path) => path.startsWith(`src/${layer}/`)),
      tests: [`test/${layer}/**/*.test.ts`],
    }))
    .filter(({ sources }) => sources.length > 0)
}

export const everything = layers.map((layer) => `src/${layer}/**/*.ts`)
