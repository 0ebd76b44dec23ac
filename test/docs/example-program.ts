/**
 * Examples as modules: what they use of the package is imported, and what the rules of docs/contributing.md
 * promise them is declared.
 */
import { join } from 'node:path'
import ts from 'typescript'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { entries, type Example } from './examples.ts'

/** What examples may use without declaring it, by the entry point they belong to. */
const GIVEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fdbkit: {
    db: "import('fdbkit').Database",
    tn: "import('fdbkit').Transaction",
  },
  'fdbkit/compat': {
    db: "import('fdbkit/compat').Database",
    tn: "import('fdbkit/compat').Transaction",
  },
  'fdbkit/simulation': {
    db: "import('fdbkit/simulation').Database",
    tn: "import('fdbkit/simulation').Transaction",
    ctx: "import('fdbkit/simulation').WorkloadContext",
  },
}

export function givenTo(entry: string): Readonly<Record<string, string>> {
  return GIVEN[entry] ?? GIVEN['fdbkit'] ?? {}
}

/** An example as a module. The first line is ours; the example begins in the second. */
export interface ExampleModule {
  readonly example: Example
  readonly path: string
  readonly text: string
}

function compilerOptions(): ts.CompilerOptions {
  const path = join(packageRoot(), 'tsconfig.json')
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: object }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, packageRoot())
  // The imports that are added for an example are of types and of values alike.
  return {
    ...options,
    noEmit: true,
    incremental: false,
    isolatedModules: false,
    verbatimModuleSyntax: false,
    // A caught error is unknown in the project's own code; an example may name it without a type.
    noImplicitAny: true,
  }
}

/** By what is imported: the names that are there. */
type Names = ReadonlyMap<string, ReadonlySet<string>>

/** What examples can import: from the entry points, and what is not public from the source it stands in. */
class ExportedNames {
  readonly #program: ts.Program
  readonly #public = new Map<string, ReadonlySet<string>>()
  readonly #publicSymbols = new Set<ts.Symbol>()

  constructor(examples: readonly Example[], options: ts.CompilerOptions, host: ts.CompilerHost) {
    const sources = examples.map(({ file }) => join(packageRoot(), file))
    const roots = new Set([
      ...entries().map(({ source }) => source),
      ...sources.filter((file) => file.endsWith('.ts')),
    ])
    this.#program = ts.createProgram([...roots], options, host)
    for (const { specifier, source } of entries()) {
      const symbols = this.#exportsOf(source)
      this.#public.set(specifier, new Set(symbols.map(({ name }) => name)))
      for (const symbol of symbols) this.#publish(symbol)
    }
  }

  #exportsOf(source: string): ts.Symbol[] {
    const checker = this.#program.getTypeChecker()
    const file = this.#program.getSourceFile(source)
    const module = file && checker.getSymbolAtLocation(file)
    return module === undefined ? [] : checker.getExportsOfModule(module)
  }

  #resolve(symbol: ts.Symbol): ts.Symbol {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0
    return isAlias ? this.#program.getTypeChecker().getAliasedSymbol(symbol) : symbol
  }

  #publish(symbol: ts.Symbol): void {
    const resolved = this.#resolve(symbol)
    this.#publicSymbols.add(resolved)
    // `export * as tuple`: what is in it is public as `tuple.pack`, and not as `pack`.
    if ((resolved.flags & ts.SymbolFlags.ValueModule) === 0) return
    const members = this.#program.getTypeChecker().getExportsOfModule(resolved)
    for (const member of members) this.#publicSymbols.add(this.#resolve(member))
  }

  /** Its own entry point first, then the main one, then the others. */
  for({ file, entry }: Example): Names {
    const names = new Map<string, ReadonlySet<string>>()
    for (const specifier of [entry, ...this.#public.keys()]) {
      names.set(specifier, this.#public.get(specifier) ?? new Set())
    }
    const source = join(packageRoot(), file)
    const inner = this.#exportsOf(source).filter(
      (symbol) => !this.#publicSymbols.has(this.#resolve(symbol)),
    )
    return names.set(`../../${file}`, new Set(inner.map(({ name }) => name)))
  }
}

/** The type checker over examples: one program for all of them. */
export class ExampleProgram {
  readonly modules: readonly ExampleModule[]
  readonly #options = compilerOptions()
  readonly #host: ts.CompilerHost
  readonly #virtual = new Map<string, string>()
  readonly #parsed = new Map<string, ts.SourceFile | undefined>()
  #program: ts.Program | undefined

  constructor(examples: readonly Example[]) {
    this.#host = this.#makeHost()
    const names = new ExportedNames(examples, this.#options, this.#host)
    this.modules = examples.map((example, index) => {
      const path = join(packageRoot(), 'test', 'docs', `.example-${index}.ts`)
      const text = `${preludeOf(example, names.for(example))}\n${example.code}\n`
      this.#virtual.set(path, text)
      return { example, path, text }
    })
  }

  #makeHost(): ts.CompilerHost {
    const host = ts.createCompilerHost(this.#options)
    const readSource = host.getSourceFile.bind(host)
    host.fileExists = (path) => this.#virtual.has(path) || ts.sys.fileExists(path)
    host.readFile = (path) => this.#virtual.get(path) ?? ts.sys.readFile(path)
    host.getSourceFile = (path, options, ...rest) => {
      const text = this.#virtual.get(path)
      if (text !== undefined) return ts.createSourceFile(path, text, options)
      if (!this.#parsed.has(path)) this.#parsed.set(path, readSource(path, options, ...rest))
      return this.#parsed.get(path)
    }
    return host
  }

  /** What the compiler says: `src/client/database/open.ts:69: Cannot find name 'opne'.` */
  problemsOf(example: Example): string[] {
    const paths = this.modules.map(({ path }) => path)
    this.#program ??= ts.createProgram(paths, this.#options, this.#host)
    const path = this.modules.find((module) => module.example === example)?.path
    const file = path === undefined ? undefined : this.#program.getSourceFile(path)
    if (file === undefined) throw new Error('the program has no such example')
    return [
      ...this.#program.getSyntacticDiagnostics(file),
      ...this.#program.getSemanticDiagnostics(file),
    ].map((diagnostic) => describe(example, file, diagnostic))
  }
}

function describe(
  { file, line }: Example,
  source: ts.SourceFile,
  { start = 0, messageText }: ts.Diagnostic,
): string {
  // The prelude is line 0 of the module.
  const at = source.getLineAndCharacterOfPosition(start).line
  return `${file}:${line + at - 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
}

/** One line: imports of what the example uses and does not declare, and what it is given. */
function preludeOf({ code, entry }: Example, names: Names): string {
  const { used, declared } = namesIn(code)
  const parts: string[] = []
  for (const [name, type] of Object.entries(givenTo(entry))) {
    if (!declared.has(name)) parts.push(`declare const ${name}: ${type}`)
    declared.add(name)
  }
  for (const [specifier, there] of names) {
    const wanted = [...there].filter(
      (name) => used.has(name) && !declared.has(name) && name !== 'default',
    )
    for (const name of wanted) declared.add(name)
    if (wanted.length > 0) parts.push(`import { ${wanted.join(', ')} } from '${specifier}'`)
  }
  return [...parts, 'export {}'].join('; ')
}

/** The names that an example uses, and those that it declares at its top. */
function namesIn(code: string): { used: Set<string>; declared: Set<string> } {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true)
  const used = new Set<string>()
  const declared = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  for (const statement of file.statements) declare(statement, declared)
  return { used, declared }
}

function declare(statement: ts.Statement, declared: Set<string>): void {
  if (ts.isVariableStatement(statement)) {
    for (const { name } of statement.declarationList.declarations) bind(name, declared)
  } else if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause
    if (clause?.name !== undefined) declared.add(clause.name.text)
    const bindings = clause?.namedBindings
    if (bindings === undefined) return
    if (ts.isNamespaceImport(bindings)) declared.add(bindings.name.text)
    else for (const { name } of bindings.elements) declared.add(name.text)
  } else if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  ) {
    if (statement.name !== undefined) declared.add(statement.name.text)
  }
}

function bind(name: ts.BindingName, declared: Set<string>): void {
  if (ts.isIdentifier(name)) {
    declared.add(name.text)
    return
  }
  for (const element of name.elements) {
    if (ts.isBindingElement(element)) bind(element.name, declared)
  }
}
