// Programs of the checkout as JavaScript, on the built package.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { buildFolder, filesBelow, root } from './paths.mjs'

const compilerOptions = {
  target: 'es2022',
  module: 'esnext',
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
}

/** They lie side by side, as in the checkout, in a folder from where the package's own name leads to `dist`. */
const target = join(buildFolder, 'programs')

/** Returns where they are. What is run is what users run: `src` becomes `dist`. */
export async function transpile(...folders) {
  const { default: ts } = await import('typescript')
  for (const path of folders.flatMap((folder) => filesBelow(join(root, folder), ['.ts']))) {
    const name = relative(root, path)
    const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions })
    const file = join(target, name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, outputText.replace(/(['"](?:\.\.\/)+)src\//g, '$1../../dist/'))
  }
  return target
}
