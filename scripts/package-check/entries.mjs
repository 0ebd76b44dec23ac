// What a program that installed the package sees of its entries: the code, from both kinds of module, and
// the types.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { SetupError } from '../lib/compiler.mjs'
import { root } from '../lib/paths.mjs'
import { fail, run } from './installed.mjs'

const REQUIRE_FLAG = '--experimental-require-module'

/** Each name that programs import, as `fdbkit/compat`. */
export function entriesOf({ name, exports }) {
  return Object.keys(exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => name + entry.slice(1))
}

/** Prints how many names each entry has, whatever loads it. */
function counting(entries, load) {
  const lines = entries.map((entry) => `show(${JSON.stringify(entry)}, ${load(entry)})`)
  return [
    'const show = (entry, names) => {',
    '  if (Object.keys(names).length === 0) throw new Error(`${entry} has no exports`)',
    '  console.log(entry)',
    '}',
    ...lines,
  ].join('\n')
}

/** Loads every entry with `import`, and with `require` where Node can. */
export function checkLoading(user, entries) {
  const { folder } = user
  const imports = join(folder, 'imports.mjs')
  const requires = join(folder, 'requires.cjs')
  writeFileSync(
    imports,
    counting(entries, (entry) => `await import(${JSON.stringify(entry)})`),
  )
  writeFileSync(
    requires,
    counting(entries, (entry) => `require(${JSON.stringify(entry)})`),
  )
  const all = entries.map((entry) => `${entry}\n`).join('')
  const can = process.features.require_module === true
  const checked = [['import', run(user, 'node', imports)]]
  if (can) checked.push(['require', run(user, 'node', requires)])
  for (const [how, printed] of checked) {
    if (printed !== all) throw new SetupError(`${how} loaded ${JSON.stringify(printed)}`)
  }
  const hasFlag = process.allowedNodeEnvironmentFlags.has(REQUIRE_FLAG)
  if (!can || hasFlag) checkRefusal(user, requires, can ? [`--no${REQUIRE_FLAG.slice(1)}`] : [])
  return `${can ? 'with import and require' : 'with import'}, ${entries.length} entries`
}

/** Where Node can't load ESM with `require`, its own error says so. */
function checkRefusal(user, program, flags) {
  const stderr = fail(user, 'node', ...flags, program)
  if (!stderr.includes('ERR_REQUIRE_ESM')) {
    throw new SetupError(`require without the means for it said ${stderr}`)
  }
}

const COMPILER_OPTIONS = {
  // Stricter than nodenext: of what is required it asks whether it is CommonJS.
  module: 'node16',
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  // The package's declarations are checked with the program's.
  skipLibCheck: false,
  types: ['node'],
}

/**
 * Checks a program in each kind of module against the types of the installed package. There is no OpenTelemetry: it is
 * optional, for the types as well.
 */
export function checkTypes(user, entries) {
  const { folder } = user
  const uses = entries.map((entry, i) => `import * as e${i} from '${entry}'`)
  const names = entries.map((_, i) => `e${i}`).join(', ')
  const program = [
    ...uses,
    `export const all: object[] = [${names}]`,
    "import { encoders, openEmbedded } from 'fdbkit'",
    'export async function run(): Promise<{ seats: number } | undefined> {',
    '  using db = openEmbedded()',
    "  const shows = db.at('show/', encoders.string, {",
    "    name: 'seats',",
    '    pack: (value: { seats: number }) => String(value.seats),',
    '    unpack: (bytes: Buffer) => ({ seats: Number(bytes) }),',
    '  })',
    '  // @ts-expect-error a value is an object with seats',
    "  await shows.set('a', 'b').catch(() => undefined)",
    "  return shows.get('hamlet')",
    '}',
    '',
  ].join('\n')
  for (const kind of ['mts', 'cts']) writeFileSync(join(folder, `program.${kind}`), program)
  const config = { compilerOptions: COMPILER_OPTIONS, files: ['program.mts', 'program.cts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  run(user, 'npx', '--no-install', 'tsc', '-p', '.')
}

/** What is known to go wrong in packages, looked for in the packed file. */
export function lintPackage(tarball) {
  const bin = (name, ...args) => {
    const program = join(root, 'node_modules', '.bin', name)
    const { error, status, stdout, stderr } = spawnSync(program, args, {
      cwd: root,
      encoding: 'utf8',
    })
    if (error === undefined && status === 0) return
    throw new SetupError(`${name} found\n${error ?? ''}${stdout}${stderr}`)
  }
  bin('publint', 'run', '--strict', tarball)
  // The package is ESM on purpose, with `exports`: so no CommonJS build but declarations that take `require`, and
  // nothing for the resolution of Node 10, which Node 20 doesn't use.
  const rules = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm', 'false-cjs']
  bin('attw', '--no-emoji', '--format', 'ascii', '--no-definitely-typed', tarball, ...rules)
}
