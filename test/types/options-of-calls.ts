// Which options each public call takes, by the declarations of the package.
import ts from 'typescript'
import { publicCalls, publicProgram } from './public-api.ts'

const program = publicProgram()
const checker = program.getTypeChecker()

/** The names of the options of each public call that takes some. */
export function optionsOfCalls(): Map<string, string[]> {
  const names = new Map<string, string[]>()
  for (const { name, signature } of publicCalls(program)) {
    if (isOfError(signature)) continue
    for (const parameter of signature.getParameters()) {
      const options = optionsOf(parameter)
      if (options !== undefined) names.set(name, options)
    }
  }
  return names
}

/** An error says what went wrong; it does not add to that by failing to be made. */
function isOfError(signature: ts.Signature): boolean {
  const type = signature.getReturnType()
  return type.getProperty('stack') !== undefined && type.getProperty('message') !== undefined
}

/** An object of which everything may be left out, or that is called so. The `O` of generics is anything. */
function optionsOf(parameter: ts.Symbol): string[] | undefined {
  const declaration = parameter.valueDeclaration!
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, declaration))
  const parts = type.isUnion() ? type.types : [type]
  const objects = parts.filter((part) => (part.flags & ts.TypeFlags.Object) !== 0)
  for (const object of objects) {
    const properties = object.getProperties()
    const isCalled = /(Options|Settings|Definition)$/.test(
      object.aliasSymbol?.name ?? object.symbol?.name ?? '',
    )
    const isNamed = parameter.name === 'options'
    const isWeak =
      properties.length > 0 &&
      object.getCallSignatures().length === 0 &&
      properties.every((property) => (property.flags & ts.SymbolFlags.Optional) !== 0)
    if (isCalled || isNamed || isWeak) return properties.map((property) => property.name)
  }
  return undefined
}
