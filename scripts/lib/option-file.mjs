// Reads FoundationDB's option file: a flat XML of <Scope> with <Option> elements, attributes only.

const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' }

function attributes(text) {
  const pairs = [...text.matchAll(/([A-Za-z]+)\s*=\s*"([^"]*)"/g)].map(([, name, value]) => [
    name,
    value.replace(/&[a-z]+;/g, (entity) => entities[entity] ?? entity),
  ])
  return Object.fromEntries(pairs)
}

const parameterTypes = { String: 'string', Int: 'int', Bytes: 'bytes' }

function toOption(text) {
  const facts = attributes(text)
  const code = Number(facts.code)
  if (facts.name === undefined || !Number.isInteger(code)) throw new Error(`not an option: ${text}`)
  const param = facts.paramType === undefined ? 'none' : parameterTypes[facts.paramType]
  if (param === undefined)
    throw new Error(`${facts.name}: unknown parameter type ${facts.paramType}`)
  return {
    name: facts.name.toLowerCase(),
    code,
    param,
    paramOptional: facts.paramOptional !== undefined,
    deprecated: /^Deprecated/i.test(facts.description ?? ''),
    hidden: facts.hidden === 'true',
    persistent: facts.persistent === 'true',
    sensitive: facts.sensitive === 'true',
    defaultFor: facts.defaultFor === undefined ? undefined : Number(facts.defaultFor),
  }
}

/** A map from scope name to its options, in the order of the file. */
export function parseOptions(xml) {
  const text = xml.replace(/<!--[\s\S]*?-->/g, '')
  const scopes = new Map()
  for (const [, name, body] of text.matchAll(/<Scope\s+name="(\w+)"\s*>([\s\S]*?)<\/Scope>/g)) {
    const options = [...body.matchAll(/<Option\s([^>]*?)\/>/g)].map(([, option]) =>
      toOption(option),
    )
    scopes.set(name, options)
  }
  return scopes
}
