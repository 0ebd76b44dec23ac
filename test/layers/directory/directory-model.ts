import type { DirectoryErrorReason } from '../../../src/index.ts'

/** The model refuses an operation. */
export class Refused extends Error {
  readonly reason: DirectoryErrorReason
  constructor(reason: DirectoryErrorReason) {
    super(reason)
    this.reason = reason
  }
}

/** A directory of the model. */
export class ModelNode {
  readonly children = new Map<string, ModelNode>()
  readonly layer: string
  /** Hexadecimal; the model takes what the directory layer allocates, and checks that it is free. */
  prefix = ''
  /** A partition's own tree. */
  readonly inside: ModelNode | undefined
  removed = false

  constructor(layer: string) {
    this.layer = layer
    this.inside = layer === 'partition' ? new ModelNode('') : undefined
  }

  remove(): void {
    this.removed = true
    for (const child of this.children.values()) child.remove()
    this.inside?.remove()
  }

  /** It and all below it in the same directory layer. */
  *family(): Generator<ModelNode> {
    yield this
    for (const child of this.children.values()) yield* child.family()
  }
}

/** A directory layer of the model: a tree, and the path that it was opened with. */
export interface ModelLayer {
  readonly root: ModelNode
  readonly path: readonly string[]
  readonly manual: boolean
}

/** A directory as it was opened. */
export interface ModelDirectory {
  readonly node: ModelNode
  readonly path: readonly string[]
  readonly parent: ModelLayer
  readonly inner: ModelLayer
}

interface Found {
  readonly node: ModelNode
  readonly path: readonly string[]
  readonly rest: readonly string[]
}

export interface Opening {
  readonly layer?: string | undefined
  readonly prefix?: string | undefined
  readonly mayCreate: boolean
  readonly mayOpen: boolean
}

function find({ root }: ModelLayer, path: readonly string[]): Found | undefined {
  let node = root
  for (const [i, name] of path.entries()) {
    const child = node.children.get(name)
    if (child === undefined) return undefined
    node = child
    const depth = i + 1
    if (child.inside !== undefined) {
      return { node, path: path.slice(0, depth), rest: path.slice(depth) }
    }
  }
  return { node, path, rest: [] }
}

/** The layer that a found path goes on in, if it does. */
function within(layer: ModelLayer, found: Found | undefined): ModelLayer | undefined {
  if (found?.node.inside === undefined || found.rest.length === 0) return undefined
  return { root: found.node.inside, path: [...layer.path, ...found.path], manual: false }
}

function opened(layer: ModelLayer, node: ModelNode, path: readonly string[]): ModelDirectory {
  const whole = [...layer.path, ...path]
  const inner = node.inside && { root: node.inside, path: whole, manual: false }
  return { node, path: whole, parent: layer, inner: inner ?? layer }
}

const startsWith = (path: readonly string[], start: readonly string[]) =>
  start.every((name, i) => path[i] === name)

/** Allocated prefixes that the model was not told of ('') never overlap with chosen ones. */
const overlap = (a: string, b: string) => a !== '' && (a.startsWith(b) || b.startsWith(a))

export function createOrOpen(
  layer: ModelLayer,
  path: readonly string[],
  how: Opening,
): ModelDirectory {
  if (how.prefix !== undefined && !layer.manual) throw new Refused('manual_prefix')
  if (path.length === 0) throw new Refused('is_root')
  const found = find(layer, path)
  const next = within(layer, found)
  if (next !== undefined && found !== undefined) return createOrOpen(next, found.rest, how)
  if (found !== undefined) {
    if (!how.mayOpen) throw new Refused('exists')
    if (how.layer && how.layer !== found.node.layer) throw new Refused('layer_mismatch')
    return opened(layer, found.node, path)
  }
  if (!how.mayCreate) throw new Refused('not_found')
  const { prefix } = how
  if (prefix !== undefined) {
    for (const node of layer.root.family()) {
      if (overlap(node.prefix, prefix)) throw new Refused('prefix_in_use')
    }
  }
  const name = path.at(-1)!
  const parent = path.slice(0, -1)
  const above =
    parent.length === 0
      ? layer.root
      : createOrOpen(layer, parent, { mayCreate: true, mayOpen: true }).node
  const node = new ModelNode(how.layer ?? '')
  node.prefix = prefix ?? ''
  above.children.set(name, node)
  return opened(layer, node, path)
}

export function move(
  layer: ModelLayer,
  from: readonly string[],
  to: readonly string[],
): ModelDirectory {
  if (startsWith(to, from)) throw new Refused('into_itself')
  const source = find(layer, from)
  const destination = find(layer, to)
  if (source === undefined) throw new Refused('not_found')
  const outOf = within(layer, source)
  const into = within(layer, destination)
  if (outOf !== undefined || into !== undefined) {
    if (outOf?.root !== into?.root || into === undefined) throw new Refused('between_partitions')
    return move(into, source.rest, destination!.rest)
  }
  if (destination !== undefined) throw new Refused('exists')
  const parent = find(layer, to.slice(0, -1))
  if (parent === undefined) throw new Refused('no_parent')
  find(layer, from.slice(0, -1))!.node.children.delete(from.at(-1)!)
  parent.node.children.set(to.at(-1)!, source.node)
  return opened(layer, source.node, to)
}

export function moveTo(from: ModelDirectory, to: readonly string[]): ModelDirectory {
  const base = from.parent.path
  if (!startsWith(to, base)) throw new Refused('between_partitions')
  return move(from.parent, from.path.slice(base.length), to.slice(base.length))
}

/** The removed directory, or undefined when there was none. */
export function remove(layer: ModelLayer, path: readonly string[]): ModelNode | undefined {
  if (path.length === 0) throw new Refused('is_root')
  const found = find(layer, path)
  if (found === undefined) return undefined
  const next = within(layer, found)
  if (next !== undefined) return remove(next, found.rest)
  find(layer, path.slice(0, -1))!.node.children.delete(path.at(-1)!)
  found.node.remove()
  return found.node
}

export function exists(layer: ModelLayer, path: readonly string[]): boolean {
  const found = find(layer, path)
  const next = within(layer, found)
  return next === undefined ? found !== undefined : exists(next, found!.rest)
}

export function list(layer: ModelLayer, path: readonly string[]): string[] {
  const found = find(layer, path)
  if (found === undefined) throw new Refused('not_found')
  const { inside } = found.node
  if (inside !== undefined) return list({ root: inside, path: [], manual: false }, found.rest)
  return [...found.node.children.keys()].sort()
}

/** The path of an operation on a directory: as its own directory layer counts it. */
export const below = ({ path, inner }: ModelDirectory, more: readonly string[]): string[] => [
  ...path.slice(inner.path.length),
  ...more,
]

/** Who answers for a path of a directory: for itself its parent's directory layer. */
export function target(
  directory: ModelDirectory,
  more: readonly string[],
): { layer: ModelLayer; path: string[] } {
  const layer = more.length === 0 ? directory.parent : directory.inner
  return { layer, path: [...directory.path.slice(layer.path.length), ...more] }
}
