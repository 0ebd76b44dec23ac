// What users see: the declarations that the package's entry points lead to, as the compiler reads them.
import { readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import ts from 'typescript'

export const packageRoot = join(import.meta.dirname, '..', '..')

interface EntryPoint {
  /** As it is imported: `fdbkit/task`. */
  readonly name: string
  /** The path of its declarations. */
  readonly types: string
}

export function entryPoints(): EntryPoint[] {
  const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    exports: Record<string, { types?: string }>
  }
  return Object.entries(exports).flatMap(([path, { types }]) =>
    types === undefined
      ? []
      : [{ name: `fdbkit${path.slice(1)}`, types: join(packageRoot, types) }],
  )
}

export function publicProgram(): ts.Program {
  return ts.createProgram(
    entryPoints().map(({ types }) => types),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      strict: true,
      noEmit: true,
    },
  )
}

/** Whether a declaration is of this package, and not of the language or of another one. */
export function isOurs(node: ts.Node): boolean {
  return node.getSourceFile().fileName.startsWith(join(packageRoot, 'dist') + sep)
}

export function isHidden(node: ts.Node): boolean {
  if (ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal')) return true
  if (!ts.isClassElement(node)) return false
  const flags = ts.getCombinedModifierFlags(node)
  return (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0
}

export interface PublicCall {
  /** `fdbkit Database.getRangeAll`, `fdbkit new DirectoryLayer`. */
  readonly name: string
  readonly signature: ts.Signature
}

/** Every function, constructor and method that users can call, each declaration once. */
export function publicCalls(program: ts.Program): PublicCall[] {
  const walk = new Walk(program.getTypeChecker())
  for (const { name, types } of entryPoints()) walk.entryPoint(name, program.getSourceFile(types)!)
  return walk.calls
}

class Walk {
  readonly calls: PublicCall[] = []
  readonly #checker: ts.TypeChecker
  readonly #seen = new Set<ts.Node>()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  entryPoint(name: string, file: ts.SourceFile): void {
    for (const exported of this.#checker.getExportsOfModule(
      this.#checker.getSymbolAtLocation(file)!,
    )) {
      // The same things under another name.
      if (exported.name === 'default') continue
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
      const symbol = isAlias ? this.#checker.getAliasedSymbol(exported) : exported
      this.#symbol(symbol, `${name} ${exported.name}`, name)
    }
  }

  #symbol(symbol: ts.Symbol, name: string, entry: string): void {
    const [declaration] = symbol.declarations ?? []
    if (declaration === undefined || isHidden(declaration) || this.#seen.has(declaration)) return
    this.#seen.add(declaration)
    if ((symbol.flags & ts.SymbolFlags.Value) !== 0) {
      const type = this.#checker.getTypeOfSymbolAtLocation(symbol, declaration)
      this.#add(name, type.getCallSignatures())
      this.#add(name.replace(/(\S+)$/, 'new $1'), type.getConstructSignatures())
      // An object of functions, a namespace; of a class, what is static.
      this.#members(type, name, entry)
    }
    const isType = (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) !== 0
    if (isType) this.#members(this.#checker.getDeclaredTypeOfSymbol(symbol), name, entry)
  }

  #members(type: ts.Type, name: string, entry: string): void {
    for (const member of type.getProperties()) {
      const [declaration] = member.declarations ?? []
      if (declaration === undefined || !isOurs(declaration)) continue
      if (isHidden(declaration) || this.#seen.has(declaration)) continue
      this.#seen.add(declaration)
      const memberType = this.#checker.getTypeOfSymbolAtLocation(member, declaration)
      this.#add(`${name}.${member.name}`, memberType.getCallSignatures())
      this.#parts(memberType, entry)
    }
  }

  /** The facets: classes that are not exported as values, and met as properties. */
  #parts(type: ts.Type, entry: string): void {
    const { symbol } = this.#checker.getNonNullableType(type)
    const [declaration] = symbol?.declarations ?? []
    if (declaration === undefined || !isOurs(declaration)) return
    if (ts.isClassDeclaration(declaration)) this.#symbol(symbol, `${entry} ${symbol.name}`, entry)
  }

  #add(name: string, signatures: readonly ts.Signature[]): void {
    for (const signature of signatures) {
      const declaration = signature.getDeclaration() as ts.Node | undefined
      if (declaration === undefined || !isOurs(declaration) || isHidden(declaration)) continue
      this.calls.push({ name, signature })
    }
  }
}
