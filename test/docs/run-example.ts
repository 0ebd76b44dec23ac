/** Runs examples on the embedded engine. */
import { createRequire } from 'node:module'
import { format } from 'node:util'
import ts from 'typescript'
import { HandleScope } from '../../src/future/owners/handle-scope.ts'
import { carry } from '../../src/future/owners/surroundings.ts'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import type { Database } from '../../src/index.ts'
import { entries } from './examples.ts'
import { givenTo, type ExampleModule } from './example-program.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

interface Main {
  openEmbedded(): Database
}
interface Compat {
  open(): Database
}
type Modules = ReadonlyMap<string, unknown>
type Body = (...given: unknown[]) => Promise<void>

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...parametersAndBody: string[]
) => Body

/** What an example can import, loaded once. */
export async function loadEntries(): Promise<Modules> {
  const modules = new Map<string, unknown>()
  for (const { specifier, source } of entries()) {
    modules.set(specifier, (await import(source)) as unknown)
  }
  return modules
}

/** Runs an example on an empty database; gives the lines that it printed. */
export async function runExample(
  { example, text }: ExampleModule,
  modules: Modules,
): Promise<string[]> {
  const scope = new HandleScope()
  const run = async (): Promise<string[]> => {
    const db = await emptyDatabase(example.entry, modules)
    const values: Record<string, unknown> = { db, tn: db.createTransaction() }
    const names = Object.keys(givenTo(example.entry)).filter((name) =>
      text.includes(`declare const ${name}:`),
    )
    const printed: string[] = []
    const reachable = await withInnerModules(text, modules)
    const body = new AsyncFunction('require', 'exports', 'console', ...names, toScript(text))
    const given = names.map((name) => values[name])
    await inTime(body(requireFrom(reachable), {}, recorder(printed), ...given))
    return printed
  }
  try {
    return await carry({ environment: hostEnvironment, scope }, run)
  } finally {
    scope.dispose()
  }
}

/** A database of the kind that an entry point has. */
async function emptyDatabase(entry: string, modules: Modules): Promise<Database> {
  if (entry !== 'fdbkit/compat') return (modules.get('fdbkit') as Main).openEmbedded()
  // It has no way to open a new one: `open` opens the default one, which is there already.
  const db = (modules.get(entry) as Compat).open()
  await db.clearRange('', Buffer.from([0xff]))
  return db
}

/** Examples of what is not public import it from its source. */
async function withInnerModules(text: string, modules: Modules): Promise<Modules> {
  const all = new Map(modules)
  for (const [, path = ''] of text.matchAll(/ from '(\.\.\/[^']+)'/g)) {
    all.set(path, (await import(path)) as unknown)
  }
  return all
}

/** As a CommonJS script, since a function can hold one. */
function toScript(text: string): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
  return ts.transpileModule(text, { compilerOptions }).outputText
}

function requireFrom(modules: Modules): (specifier: string) => unknown {
  const requireOther = createRequire(`${packageRoot()}/package.json`)
  return (specifier) => modules.get(specifier) ?? (requireOther(specifier) as unknown)
}

function recorder(lines: string[]): Pick<Console, 'log' | 'warn' | 'error'> {
  const print = (...values: unknown[]): void => {
    lines.push(...format(...values).split('\n'))
  }
  return { log: print, warn: print, error: print }
}

async function inTime(run: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the example did not end')), HANG_LIMIT)
  })
  try {
    await Promise.race([run, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * What an example says that it prints, as `console.log(x) // 5`, or `// 5: because`. In the order of the source, which need
 * not be the order of time.
 */
export function announcedOutput(code: string): string[] {
  return [...code.matchAll(/^.*console\.log\(.*\).*? \/\/ (.*)$/gm)].map((line) => line[1] ?? '')
}

/** The announced lines that were not printed. */
export function missingOutput(announced: readonly string[], printed: readonly string[]): string[] {
  const left = [...printed]
  return announced.filter((text) => {
    const at = left.findIndex((line) => text === line || text.startsWith(`${line}: `))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
