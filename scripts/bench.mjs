// node scripts/bench.mjs [NAME] [ARGS]: runs bench/NAME.ts, bench/main.ts unless named, on the built package.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupError } from './lib/compiler.mjs'
import { buildFolder, root } from './lib/paths.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { setUp } from './lib/setup.mjs'

const compilerOptions = {
  target: 'es2022',
  module: 'esnext',
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
}

/** The programs as JavaScript, in a folder from where the package's own name leads to `dist`. */
async function compile(target) {
  const { default: ts } = await import('typescript')
  for (const name of readdirSync(join(root, 'bench'), { recursive: true })) {
    if (!name.endsWith('.ts')) continue
    const source = readFileSync(join(root, 'bench', name), 'utf8')
    const { outputText } = ts.transpileModule(source, { compilerOptions })
    const file = join(target, name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(file), { recursive: true })
    // What is measured is what users run.
    writeFileSync(file, outputText.replace(/'\.\.\/src\//g, `'../../dist/`))
  }
}

await withClearErrors(async () => {
  const [first = 'main', ...rest] = process.argv.slice(2)
  const [name, args] = first.startsWith('-') ? ['main', [first, ...rest]] : [first, rest]
  if (!existsSync(join(root, 'bench', `${name}.ts`)))
    throw new SetupError(`there is no bench/${name}.ts`)
  await setUp({ log: logToStderr, groups: name === 'main' ? ['bench'] : [] })
  const folder = join(buildFolder, 'bench-ts')
  await compile(folder)
  process.exitCode =
    spawnSync(process.execPath, [join(folder, `${name}.js`), ...args], { stdio: 'inherit' })
      .status ?? 1
})
