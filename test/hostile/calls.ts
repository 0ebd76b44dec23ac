/** Every public call with parameters, as the declarations have it, and what kinds of values its parameters are of. */
import ts from 'typescript'
import { publicCalls, publicProgram } from '../types/public-api.ts'

export interface Parameter {
  readonly name: string
  /** What `typeof` gives for what the declaration allows; undefined: it depends on encodings, or anything goes. */
  readonly kinds: ReadonlySet<string> | undefined
}

export interface Call {
  readonly name: string
  readonly parameters: readonly Parameter[]
}

const KINDS: readonly (readonly [ts.TypeFlags, string])[] = [
  [ts.TypeFlags.StringLike, 'string'],
  [ts.TypeFlags.NumberLike, 'number'],
  [ts.TypeFlags.BigIntLike, 'bigint'],
  [ts.TypeFlags.BooleanLike, 'boolean'],
  [ts.TypeFlags.ESSymbolLike, 'symbol'],
  [ts.TypeFlags.Undefined | ts.TypeFlags.Void, 'undefined'],
  [ts.TypeFlags.Null, 'null'],
]

/** Adds the kinds of a type; false: they can't be told from it. */
function addKinds(type: ts.Type, kinds: Set<string>): boolean {
  if (type.isUnion()) return type.types.every((part) => addKinds(part, kinds))
  const [, kind] = KINDS.find(([flags]) => (type.flags & flags) !== 0) ?? []
  if (kind !== undefined) kinds.add(kind)
  else if ((type.flags & ts.TypeFlags.Object) === 0) return false
  else if (type.getCallSignatures().length > 0) kinds.add('function')
  // What has no member that must be there, takes anything.
  else if (type.getProperties().length === 0) return false
  else kinds.add('object').add('function')
  return true
}

function parameterOf(symbol: ts.Symbol, checker: ts.TypeChecker): Parameter {
  const declaration = symbol.valueDeclaration as ts.ParameterDeclaration
  const kinds = new Set<string>()
  const isKnown = addKinds(checker.getTypeOfSymbolAtLocation(symbol, declaration), kinds)
  if (declaration.questionToken !== undefined) kinds.add('undefined')
  const isRest = declaration.dotDotDotToken !== undefined
  const name = ts.isIdentifier(declaration.name) ? symbol.name : 'selector'
  return { name, kinds: isKnown && !isRest ? kinds : undefined }
}

const ABSENT: Parameter = { name: '', kinds: new Set(['undefined']) }

/** It is there for the types, or for those that call another package the same way. */
const isUnused = ({ name }: Parameter): boolean => name.startsWith('_')

export function callsWithParameters(): Call[] {
  const program = publicProgram()
  const checker = program.getTypeChecker()
  const overloads = new Map<string, (readonly Parameter[])[]>()
  for (const { name, signature } of publicCalls(program)) {
    const parameters = signature.parameters
      .map((symbol) => parameterOf(symbol, checker))
      .filter((parameter) => !isUnused(parameter))
    const found = overloads.get(nameOf(name)) ?? []
    overloads.set(nameOf(name), [...found, parameters])
  }
  return [...overloads].flatMap(([name, lists]) => {
    const longest = lists.reduce((a, b) => (b.length > a.length ? b : a))
    const parameters = longest.map((_, at) => either(lists, at))
    return parameters.length === 0 ? [] : [{ name, parameters }]
  })
}

/** What a parameter takes by any of the overloads; one that has none of that place takes its absence. */
function either(overloads: readonly (readonly Parameter[])[], at: number): Parameter {
  const [first, ...rest] = overloads.map((list) => list[at] ?? ABSENT)
  const known = [first!, ...rest]
  const { name } = known.find((parameter) => parameter !== ABSENT)!
  if (known.some(({ kinds }) => kinds === undefined)) return { name, kinds: undefined }
  return { name, kinds: new Set(known.flatMap(({ kinds }) => [...kinds!])) }
}

/** Members under a symbol have a number of the compiler's in their name. */
function nameOf(name: string): string {
  return name.replace(/__@(\w+)@\d+$/, '[Symbol.$1]')
}
