// Joins the modules of the package, so that a program loads a few files and not two hundred: most of what an import costs is
// the number of its files. Each module stays where it was, as a file that hands on what its joined one has, so that all
// entries share one graph of modules. docs/packaging.md, "Joined modules".
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { filesBelow } from './paths.mjs'

/** What becomes one file. What a group needs of those below goes with the first that needs it. */
const GROUPS = [
  { name: 'core', modules: /^(?:native|future|client|layers)\/|^index\.js$/ },
  { name: 'task', modules: /^task\// },
  { name: 'compat', modules: /^compat\// },
  { name: 'recipes', modules: /^recipes\// },
  { name: 'tracing', modules: /^tracing\// },
]
/** It tells by its own place where the package is. */
const OWN_PLACE = 'native/values/own-path.js'

/** From a folder of modules, as the compiler wrote them, into another one, which may have other files. */
export async function joinModules(from, to) {
  const { rolldown } = await import('rolldown')
  const all = filesBelow(from, ['.js']).map((path) => relative(from, path))
  const isJoined = (name) => name !== OWN_PLACE && GROUPS.some(({ modules }) => modules.test(name))
  const bundle = await rolldown({
    input: Object.fromEntries(all.filter(isJoined).map((name) => [name, join(from, name)])),
    platform: 'node',
    external: [/^[^./]/, join(from, OWN_PLACE)],
    // What is exported to modules that are not joined is not known here.
    treeshake: false,
    preserveEntrySignatures: 'strict',
  })
  const groups = GROUPS.map(({ name, modules }, i) => ({
    name,
    priority: GROUPS.length - i,
    test: (path) => modules.test(relative(from, path)),
  }))
  await bundle.write({
    dir: to,
    format: 'esm',
    entryFileNames: '[name]',
    chunkFileNames: 'joined/[name].js',
    codeSplitting: { groups },
    minifyInternalExports: false,
  })
  for (const name of all.filter((name) => !isJoined(name))) {
    mkdirSync(dirname(join(to, name)), { recursive: true })
    cpSync(join(from, name), join(to, name))
  }
}
