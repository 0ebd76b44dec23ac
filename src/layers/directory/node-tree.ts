import { concat2, startsWith, strInc, strNext } from '../../client/keys/bytes.ts'
import type { NativeValue } from '../../client/keys/bytes.ts'
import { encoders } from '../../client/keys/encoders.ts'
import { root } from '../../client/keys/subspace.ts'
import type { GetSubspace, Subspace } from '../../client/keys/subspace.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import type { TupleItem, UnpackedItem } from '../tuple/tuple.ts'
import { DirectoryError } from './directory-error.ts'

export type TupleSubspace = Subspace<
  TupleItem | readonly TupleItem[],
  UnpackedItem[],
  NativeValue,
  Buffer
>

/** The directory of an empty prefix would be the whole database: to remove it would clear all. */
function checkPrefix(prefix: Buffer): void {
  if (prefix.length === 0) throw new DirectoryError('damaged', 'a directory has an empty prefix')
}

/** The layer of a directory that has a directory layer of its own inside. */
export const PARTITION = Buffer.from('partition')

const LAYER = Buffer.from('layer')
/** Behind it are the subdirectories: name to prefix. */
const SUBDIRECTORIES = 0
const NOTHING = Buffer.alloc(0)

/** The metadata of one directory. */
export interface DirectoryNode {
  /** What the keys in the directory begin with. */
  readonly prefix: Buffer
  readonly layer: Buffer
  /** From the root of this directory layer. */
  readonly path: readonly string[]
  /** What is left of the path that was looked for: it goes on in this partition. */
  readonly rest: readonly string[]
}

export const isPartition = (node: DirectoryNode): boolean => node.layer.equals(PARTITION)

/** The path looked for lies inside of this partition. */
export const leadsInside = (node: DirectoryNode): boolean =>
  isPartition(node) && node.rest.length > 0

/**
 * The metadata of a directory layer: for each directory a node, named by its prefix, in the node
 * subspace. A node holds `layer`, and its subdirectories under 0. The root's node is the one named by the
 * node subspace's own prefix.
 */
export class NodeTree {
  readonly nodes: TupleSubspace
  /** The root's node. */
  readonly rootNode: TupleSubspace

  constructor(nodes: GetSubspace<never, unknown, never, unknown>) {
    this.nodes = nodes.getSubspace().withKeyEncoding(encoders.tuple).withValueEncoding()
    this.rootNode = this.nodes.at([this.nodes.prefix])
  }

  get root(): DirectoryNode {
    return { prefix: this.nodes.prefix, layer: NOTHING, path: [], rest: [] }
  }

  subspaceOf({ prefix }: { readonly prefix: Uint8Array }): TupleSubspace {
    return this.nodes.at([prefix])
  }

  /**
   * Follows a path, up to its end or into the first partition. Undefined when a directory on the way is
   * not there.
   */
  async find(tn: Transaction, path: readonly string[]): Promise<DirectoryNode | undefined> {
    let node = this.root
    for (let depth = 0; depth < path.length; depth++) {
      const prefix = await tn.at(this.subspaceOf(node)).get([SUBDIRECTORIES, path[depth]!])
      if (prefix === undefined) return undefined
      checkPrefix(prefix)
      const layer = (await tn.at(this.subspaceOf({ prefix })).get([LAYER])) ?? NOTHING
      node = { prefix, layer, path: path.slice(0, depth + 1), rest: path.slice(depth + 1) }
      if (isPartition(node)) return node
    }
    return node
  }

  /** Writes a new directory's node and its name in its parent. */
  add(tn: Transaction, parent: DirectoryNode, name: string, prefix: Buffer, layer: Buffer): void {
    this.link(tn, parent, name, prefix)
    tn.at(this.subspaceOf({ prefix })).set([LAYER], layer)
  }

  /** Gives a directory a name in a parent. */
  link(tn: Transaction, parent: DirectoryNode, name: string, prefix: Buffer): void {
    tn.at(this.subspaceOf(parent)).set([SUBDIRECTORIES, name], prefix)
  }

  /** Takes the name out of the parent. */
  async unlink(tn: Transaction, path: readonly string[]): Promise<void> {
    const parent = await this.find(tn, path.slice(0, -1))
    if (parent === undefined) return
    tn.at(this.subspaceOf(parent)).clear([SUBDIRECTORIES, path.at(-1)!])
  }

  /** The names and prefixes of the directories in one, in the order of their names' bytes. */
  async *children(
    tn: Transaction,
    node: DirectoryNode,
  ): AsyncGenerator<{ name: string; prefix: Buffer }, void, undefined> {
    const children = tn.at(this.subspaceOf(node)).getRange([SUBDIRECTORIES])
    for await (const [[, name], prefix] of children) {
      if (typeof name !== 'string') {
        throw new DirectoryError('damaged', 'a directory has a name that is no text')
      }
      checkPrefix(prefix)
      yield { name, prefix }
    }
  }

  /** Clears the contents and the nodes of a directory and of all below it. */
  async clear(tn: Transaction, node: DirectoryNode): Promise<void> {
    // A list of what is left to do: the depth of a tree is its owner's to choose, the stack is not.
    const left: Buffer[] = [node.prefix]
    for (let prefix = left.pop(); prefix !== undefined; prefix = left.pop()) {
      const here = { prefix, layer: NOTHING, path: [], rest: [] }
      for await (const child of this.children(tn, here)) left.push(child.prefix)
      tn.at(root).clearRangeStartsWith(prefix)
      tn.at(this.subspaceOf(here)).clearRange([])
    }
  }

  /**
   * Whether no directory's prefix begins with this one, and this one begins with none of them. The empty
   * prefix is never free.
   */
  async isPrefixFree(tn: Transaction, prefix: Buffer): Promise<boolean> {
    if (prefix.length === 0 || startsWith(prefix, this.nodes.prefix)) return false
    if (await this.#isInDirectory(tn, prefix)) return false
    const begin = this.nodes.packKey([prefix])
    const end = this.nodes.packKey([strInc(prefix)])
    return (await tn.at(root).getRangeAll(begin, end, { limit: 1 })).length === 0
  }

  /** Prefixes overlap with no other, so the last one that is not behind the key is the only candidate. */
  async #isInDirectory(tn: Transaction, key: Buffer): Promise<boolean> {
    const begin = concat2(this.nodes.prefix, Buffer.of(0))
    const end = strNext(this.nodes.packKey([key]))
    const options = { limit: 1, reverse: true }
    const [last] = await tn.at(root).getRangeAll(begin, end, options)
    if (last === undefined) return false
    const [prefix] = this.nodes.decodeKey(last[0])
    if (!Buffer.isBuffer(prefix)) {
      throw new DirectoryError('damaged', 'the directory metadata holds a key that is no prefix')
    }
    return startsWith(key, prefix)
  }
}
