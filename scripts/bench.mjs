// node scripts/bench.mjs NAME [ARGS]: runs bench/NAME.ts on the built package.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './lib/compiler.mjs'
import { buildFolder, root } from './lib/paths.mjs'
import { logToStderr, setUp, withClearErrors } from './lib/setup.mjs'

await withClearErrors(async () => {
  const [name, ...args] = process.argv.slice(2)
  const source = join(root, 'bench', `${name}.ts`)
  if (name === undefined || !existsSync(source))
    throw new SetupError(`there is no bench/${name}.ts`)
  await setUp({ log: logToStderr })
  const { default: ts } = await import('typescript')
  const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
    compilerOptions: { target: 'es2022', module: 'esnext', verbatimModuleSyntax: true },
  })
  // What is measured is what users run.
  const onDist = outputText.replace(/'\.\.\/src\/(.*)\.ts'/g, `'../../dist/$1.js'`)
  const folder = join(buildFolder, 'bench-ts')
  mkdirSync(folder, { recursive: true })
  const program = join(folder, `${name}.mjs`)
  writeFileSync(program, onDist)
  process.exitCode =
    spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' }).status ?? 1
})
