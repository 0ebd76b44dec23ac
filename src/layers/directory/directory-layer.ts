import { checkOptions, knownOptions } from '../../native/values/known-options.ts'
import type { NativeValue } from '../../client/keys/bytes.ts'
import { Subspace, root } from '../../client/keys/subspace.ts'
import type { GetSubspace } from '../../client/keys/subspace.ts'
import type { Transaction } from '../../client/transaction/transaction.ts'
import { HighContentionAllocator } from './allocator.ts'
import { Directory } from './directory.ts'
import { DirectoryError } from './directory-error.ts'
import { beginsWith, pathOf, samePath, showPath } from './directory-path.ts'
import type { PathInput } from './directory-path.ts'
import { checkVersion } from './directory-version.ts'
import { NodeTree, isPartition, leadsInside } from './node-tree.ts'
import type { DirectoryNode } from './node-tree.ts'
import { opening } from './opening.ts'
import type { Opening } from './opening.ts'
import { handedOut, handedOutOneByOne, transact, transactionOnly } from './transact.ts'
import type { AnyDatabaseOrTransaction, DatabaseOrTransaction } from './transact.ts'
import { kind } from '../../native/values/kinds.ts'
import { checkPlace } from '../../client/keys/given-scope.ts'
import { describe } from '../../native/values/describe.ts'

/** Where a directory layer keeps what it has. */
export interface DirectoryLayerOptions {
  /** Where the metadata is: a prefix, the byte 0xFE unless set. */
  nodePrefix?: NativeValue
  /** The same as a subspace, in place of `nodePrefix`. */
  nodeSubspace?: GetSubspace<never, unknown, never, unknown>
  /** What the prefixes that it allocates begin with: a prefix, empty unless set. */
  contentPrefix?: NativeValue
  /** The same as a subspace, in place of `contentPrefix`. */
  contentSubspace?: GetSubspace<never, unknown, never, unknown>
  /** `create` takes prefixes from the caller. Off unless set. */
  allowManualPrefixes?: boolean
}

const KNOWN = knownOptions<DirectoryLayerOptions>('a directory layer', {
  nodePrefix: true,
  nodeSubspace: true,
  contentPrefix: true,
  contentSubspace: true,
  allowManualPrefixes: true,
})
const DEFAULT_NODE_PREFIX = Buffer.of(0xfe)
const ALLOCATOR = Buffer.from('hca')
const NOTHING = Buffer.alloc(0)

/** A directory's encodings come from the scope that it is opened with. */
type Encodings<KeyIn, KeyOut, ValIn, ValOut> = Subspace<KeyIn, KeyOut, ValIn, ValOut>

/**
 * Directories: paths of names that stand for short prefixes, so that long names cost nothing in keys and
 * a directory can be renamed without a write to its contents. The metadata is that of the official
 * clients, which can share the directories.
 *
 * A directory layer has no state but where it keeps its data; {@link directory} is the one that every
 * client has at the root of the database. In one transaction, wait for an operation before you begin the
 * next: two that make the same parent at once would each give it a prefix.
 *
 * @example
 * const users = await directory.createOrOpen(db, ['app', 'users'])
 * await db.at(users).set('ada', 'Ada Lovelace')
 */
export class DirectoryLayer {
  readonly #tree: NodeTree
  readonly #contentPrefix: Buffer
  readonly #allowManualPrefixes: boolean
  readonly #allocator: HighContentionAllocator
  readonly #path: readonly string[]

  /** @param options where data and metadata are, and whether callers may choose prefixes. */
  constructor(options: DirectoryLayerOptions = {}, path: readonly string[] = []) {
    checkOptions(KNOWN, options)
    if (!Array.isArray(path)) throw new TypeError(`path must be an array, not ${describe(path)}`)
    const nodes = options.nodeSubspace ?? new Subspace(options.nodePrefix ?? DEFAULT_NODE_PREFIX)
    const content = options.contentSubspace ?? new Subspace(options.contentPrefix ?? null)
    checkPlace(nodes, 'nodeSubspace of new DirectoryLayer')
    checkPlace(content, 'contentSubspace of new DirectoryLayer')
    this.#tree = new NodeTree(nodes)
    this.#contentPrefix = content.getSubspace().prefix
    this.#allowManualPrefixes = options.allowManualPrefixes ?? false
    this.#allocator = new HighContentionAllocator(this.#tree.rootNode.at([ALLOCATOR]))
    this.#path = path
  }

  /** Where the prefixes that it allocates are. */
  get contentSubspace(): Subspace {
    return new Subspace(this.#contentPrefix)
  }

  /** Where the metadata is. */
  get nodeSubspace(): Subspace {
    return new Subspace(this.#tree.nodes.prefix)
  }

  /** The path of the partition that this is the directory layer of; empty at the root. */
  getPath(): string[] {
    return [...this.#path]
  }

  /**
   * Opens a directory, which is made when it isn't there, with all directories on the way to it.
   *
   * @param scope a database, or the transaction that this is a part of.
   * @param path names from the root; text alone is one name.
   * @param layer what kind of data is in it: is kept with a new directory, and must be the one of a
   *   directory that is there. `'partition'` makes a partition: a directory with a directory layer of its
   *   own, so that all below it lies behind its prefix.
   * @throws DirectoryError `layer_mismatch`, `is_root`, `version`, `prefix_in_use`.
   * @example await directory.createOrOpen(db, ['app', 'users'], 'table')
   */
  createOrOpen<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    path: PathInput,
    layer?: NativeValue | null,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>> {
    return this.#run(scope, () => opening(path, layer, null, { mayCreate: true, mayOpen: true }))
  }

  /**
   * Opens a directory that is there.
   *
   * @param layer must be the one that it was made with, when given.
   * @throws DirectoryError `not_found`, `layer_mismatch`, `is_root`, `version`.
   * @example
   * await directory.create(db, ['app', 'users'], 'table')
   * const users = await directory.open(db, ['app', 'users'], 'table')
   */
  open<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    path: PathInput,
    layer?: NativeValue | null,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>> {
    return this.#run(scope, () => opening(path, layer, null, { mayCreate: false, mayOpen: true }))
  }

  /**
   * Makes a directory, and those on the way to it that aren't there.
   *
   * @param layer is kept with it; see {@link createOrOpen}.
   * @param prefix what its keys begin with; allocated unless given. Needs `allowManualPrefixes`.
   * @throws DirectoryError `exists`, `manual_prefix`, `prefix_in_use`, `is_root`, `version`.
   * @example const users = await directory.create(db, ['app', 'users'], 'table')
   */
  create<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    path: PathInput,
    layer?: NativeValue | null,
    prefix?: NativeValue | null,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>> {
    return this.#run(scope, () => opening(path, layer, prefix, { mayCreate: true, mayOpen: false }))
  }

  #run<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    wanted: () => Opening,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>> {
    return handedOut(scope, async () => {
      const asked = wanted()
      return transact(scope, (tn) => this.#createOrOpen(tn, asked, scope.getSubspace()))
    })
  }

  async #createOrOpen<KeyIn, KeyOut, ValIn, ValOut>(
    tn: Transaction,
    asked: Opening,
    encodings: Encodings<KeyIn, KeyOut, ValIn, ValOut>,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>> {
    await checkVersion(tn, this.#tree.rootNode, 'read')
    if (asked.prefix !== undefined) this.#checkManualPrefix()
    if (asked.path.length === 0) {
      throw new DirectoryError('is_root', 'the root directory holds metadata: open one below it')
    }
    const node = await this.#tree.find(tn, asked.path)
    if (node !== undefined && leadsInside(node)) {
      return this.#inside(node).#createOrOpen(tn, { ...asked, path: node.rest }, encodings)
    }
    const found = node ?? (await this.#make(tn, asked))
    if (node !== undefined) this.#checkOpening(asked, node)
    return this.#directoryAt(found, found.path, encodings)
  }

  #checkManualPrefix(): void {
    if (this.#allowManualPrefixes) return
    throw new DirectoryError(
      'manual_prefix',
      this.#path.length === 0
        ? 'this directory layer allocates its prefixes: set allowManualPrefixes to choose one'
        : 'in a partition prefixes are always allocated',
    )
  }

  #checkOpening(asked: Opening, node: DirectoryNode): void {
    const name = showPath(this.#whole(asked.path))
    if (!asked.mayOpen) {
      throw new DirectoryError('exists', `${name} exists: open it, or use createOrOpen`)
    }
    if (asked.layer.length > 0 && !asked.layer.equals(node.layer)) {
      const [had, wanted] = [node.layer, asked.layer].map((layer) =>
        JSON.stringify(layer.toString('utf8')),
      )
      throw new DirectoryError('layer_mismatch', `${name} has the layer ${had}, not ${wanted}`)
    }
  }

  #whole(path: readonly string[]): string[] {
    return [...this.#path, ...path]
  }

  async #make(tn: Transaction, asked: Opening): Promise<DirectoryNode> {
    const { path, layer } = asked
    if (!asked.mayCreate) throw this.#notFound(path)
    await checkVersion(tn, this.#tree.rootNode, 'write')
    const prefix = await this.#prefixFor(tn, asked)
    const parent = await this.#parentOf(tn, path)
    this.#tree.add(tn, parent, path.at(-1)!, prefix, layer)
    return { prefix, layer, path, rest: [] }
  }

  #notFound(path: readonly string[]): DirectoryError {
    return new DirectoryError('not_found', `there is no ${showPath(this.#whole(path))}`)
  }

  async #parentOf(tn: Transaction, path: readonly string[]): Promise<DirectoryNode> {
    if (path.length === 1) return this.#tree.root
    const parentPath = path.slice(0, -1)
    const found = await this.#tree.find(tn, parentPath)
    const asked = { path: parentPath, layer: NOTHING, mayCreate: true, mayOpen: true }
    return found ?? (await this.#make(tn, asked))
  }

  async #prefixFor(tn: Transaction, { prefix }: Opening): Promise<Buffer> {
    if (prefix === undefined) return this.#allocate(tn)
    if (await this.#tree.isPrefixFree(tn, prefix)) return prefix
    throw new DirectoryError(
      'prefix_in_use',
      `the prefix ${prefix.toString('hex')} overlaps with that of another directory`,
    )
  }

  async #allocate(tn: Transaction): Promise<Buffer> {
    const prefix = Buffer.concat([this.#contentPrefix, await this.#allocator.allocate(tn)])
    const inTheWay = await tn.at(root).getRangeAllStartsWith(prefix, { limit: 1 })
    if (inTheWay.length > 0) {
      throw new DirectoryError(
        'prefix_in_use',
        `the allocated prefix ${prefix.toString('hex')} has keys behind it that are of no directory`,
      )
    }
    // The allocator sees to conflicts between allocations; this looks for prefixes that callers chose.
    if (await this.#tree.isPrefixFree(tn.snapshot(), prefix)) return prefix
    throw new DirectoryError(
      'prefix_in_use',
      `the allocated prefix ${prefix.toString('hex')} overlaps with one that was given to create`,
    )
  }

  /**
   * Gives a directory another path. Its prefix, its contents and what is below it stay as they are;
   * directories that are open keep working.
   *
   * @returns the directory at its new path.
   * @throws DirectoryError `not_found`, `exists`, `no_parent`, `into_itself`, `between_partitions`,
   *   `version`.
   * @example
   * await directory.createOrOpen(db, ['app', 'users'])
   * const people = await directory.move(db, ['app', 'users'], ['app', 'people'])
   * console.log(people.getPath()) // [ 'app', 'people' ]
   */
  move<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    oldPath: PathInput,
    newPath: PathInput,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>> {
    return handedOut(scope, async () => {
      const from = pathOf(oldPath, 'oldPath')
      const to = pathOf(newPath, 'newPath')
      return transact(scope, (tn) => this.#move(tn, from, to, scope.getSubspace()))
    })
  }

  async #move<KeyIn, KeyOut, ValIn, ValOut>(
    tn: Transaction,
    from: readonly string[],
    to: readonly string[],
    encodings: Encodings<KeyIn, KeyOut, ValIn, ValOut>,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>> {
    await checkVersion(tn, this.#tree.rootNode, 'write')
    if (beginsWith(to, from)) {
      const name = showPath(this.#whole(from))
      throw new DirectoryError('into_itself', `${name} can't be moved to a path in itself`)
    }
    const source = await this.#tree.find(tn, from)
    const destination = await this.#tree.find(tn, to)
    if (source === undefined) throw this.#notFound(from)
    const shared = this.#sharedPartition(source, destination)
    if (shared !== undefined && destination !== undefined) {
      return this.#inside(shared).#move(tn, source.rest, destination.rest, encodings)
    }
    if (destination !== undefined) {
      const name = showPath(this.#whole(to))
      throw new DirectoryError('exists', `${name} exists: remove it first`)
    }
    const parent = await this.#tree.find(tn, to.slice(0, -1))
    if (parent === undefined) {
      const name = showPath(this.#whole(to.slice(0, -1)))
      throw new DirectoryError('no_parent', `there is no ${name} to move to: create it first`)
    }
    this.#tree.link(tn, parent, to.at(-1)!, source.prefix)
    await this.#tree.unlink(tn, from)
    return this.#directoryAt(source, to, encodings)
  }

  /** The partition that both paths lead into, if any does; a move can't cross its border. */
  #sharedPartition(
    source: DirectoryNode,
    destination: DirectoryNode | undefined,
  ): DirectoryNode | undefined {
    const into = destination !== undefined && leadsInside(destination) ? destination : undefined
    const outOf = leadsInside(source) ? source : undefined
    if (into === undefined && outOf === undefined) return undefined
    if (into !== undefined && outOf !== undefined && samePath(into.path, outOf.path)) return into
    throw new DirectoryError('between_partitions', "a directory can't be moved between partitions")
  }

  /** The root can't be moved: this rejects. */
  moveTo(scope: AnyDatabaseOrTransaction, _newAbsolutePath: PathInput): Promise<never> {
    return handedOut(scope, () =>
      Promise.reject(new DirectoryError('is_root', "the root directory can't be moved")),
    )
  }

  /**
   * Removes a directory with all keys in it and all directories below it. Programs that have one of them
   * open can still write to it: see that none does.
   *
   * @returns true.
   * @throws DirectoryError `not_found`, `is_root`, `version`.
   * @example
   * await directory.createOrOpen(db, ['app', 'users'])
   * await directory.remove(db, ['app', 'users'])
   */
  remove(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean> {
    return handedOut(scope, async () => {
      const names = pathOf(path)
      return transact(scope, async (tn) => {
        if (await this.#remove(tn, names)) return true
        throw this.#notFound(names)
      })
    })
  }

  /**
   * As {@link remove}; false when there is no such directory.
   *
   * @example console.log(await directory.removeIfExists(db, 'nothing')) // false
   */
  removeIfExists(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean> {
    return handedOut(scope, async () => {
      const names = pathOf(path)
      return transact(scope, (tn) => this.#remove(tn, names))
    })
  }

  async #remove(tn: Transaction, path: readonly string[]): Promise<boolean> {
    await checkVersion(tn, this.#tree.rootNode, 'write')
    if (path.length === 0)
      throw new DirectoryError('is_root', "the root directory can't be removed")
    const node = await this.#tree.find(tn, path)
    if (node === undefined) return false
    if (leadsInside(node)) return this.#inside(node).#remove(tn, node.rest)
    await this.#tree.clear(tn, node)
    await this.#tree.unlink(tn, path)
    return true
  }

  /**
   * Whether there is a directory of this path. The root always is.
   *
   * @throws DirectoryError `version`.
   * @example console.log(await directory.exists(db, 'nothing')) // false
   */
  exists(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean> {
    return handedOut(scope, async () => {
      const names = pathOf(path)
      return transact(scope, (tn) => this.#exists(tn, names))
    })
  }

  async #exists(tn: Transaction, path: readonly string[]): Promise<boolean> {
    await checkVersion(tn, this.#tree.rootNode, 'read')
    const node = await this.#tree.find(tn, path)
    if (node === undefined) return false
    return leadsInside(node) ? this.#inside(node).#exists(tn, node.rest) : true
  }

  /**
   * The names of the directories in one, one by one, in the order of their bytes. They are read while you
   * iterate, so this takes a transaction; {@link listAll} also takes a database.
   *
   * @throws DirectoryError `not_found`, `version`.
   * @example
   * await directory.createOrOpen(tn, ['app', 'users'])
   * for await (const name of directory.list(tn, 'app')) console.log(name) // users
   */
  list(scope: AnyDatabaseOrTransaction, path?: PathInput): AsyncGenerator<string, void, undefined> {
    return handedOutOneByOne(scope, this.#listIn(scope, path))
  }

  async *#listIn(
    scope: AnyDatabaseOrTransaction,
    path: PathInput | undefined,
  ): AsyncGenerator<string, void, undefined> {
    yield* this.#list(transactionOnly(scope), pathOf(path))
  }

  async *#list(tn: Transaction, path: readonly string[]): AsyncGenerator<string, void, undefined> {
    await checkVersion(tn, this.#tree.rootNode, 'read')
    const node = await this.#tree.find(tn, path)
    if (node === undefined) throw this.#notFound(path)
    if (isPartition(node)) return yield* this.#inside(node).#list(tn, node.rest)
    for await (const { name } of this.#tree.children(tn, node)) yield name
  }

  /**
   * The names of the directories in one, in the order of their bytes.
   *
   * @throws DirectoryError `not_found`, `version`.
   * @example
   * await directory.createOrOpen(db, ['app', 'users'])
   * console.log(await directory.listAll(db, 'app')) // [ 'users' ]
   */
  listAll(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<string[]> {
    return handedOut(scope, async () => {
      const names = pathOf(path)
      return transact(scope, async (tn) => {
        const found: string[] = []
        for await (const name of this.#list(tn, names)) found.push(name)
        return found
      })
    })
  }

  /** The directory layer inside of a partition. */
  #inside({ prefix, path }: DirectoryNode): DirectoryLayer {
    const content = new Subspace(prefix)
    const nodeSubspace = content.atRaw(DEFAULT_NODE_PREFIX)
    return new DirectoryLayer({ nodeSubspace, contentSubspace: content }, this.#whole(path))
  }

  #directoryAt<KeyIn, KeyOut, ValIn, ValOut>(
    node: DirectoryNode,
    path: readonly string[],
    { keyXf, valueXf }: Encodings<KeyIn, KeyOut, ValIn, ValOut>,
  ): Directory<KeyIn, KeyOut, ValIn, ValOut> {
    const whole = this.#whole(path)
    const place = { path: whole, length: node.prefix.length }
    const content = new Subspace(node.prefix, keyXf, valueXf, place)
    return new Directory({
      path: whole,
      layer: node.layer,
      content,
      parent: this,
      inner: isPartition(node) ? this.#inside({ ...node, path }) : this,
    })
  }
}

kind(DirectoryLayer, 'DirectoryLayer')

/**
 * The directories at the root of the database, as every client has them.
 *
 * @example const users = await directory.createOrOpen(db, ['app', 'users'])
 */
export const directory = new DirectoryLayer()
