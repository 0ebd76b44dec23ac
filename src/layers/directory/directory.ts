import type { NativeValue } from '../../client/keys/bytes.ts'
import type { GetSubspace, Subspace } from '../../client/keys/subspace.ts'
import { DirectoryError } from './directory-error.ts'
import { beginsWith, pathOf, showPath } from './directory-path.ts'
import type { PathInput } from './directory-path.ts'
import { PARTITION } from './node-tree.ts'
import { handedOut } from './transact.ts'
import type { AnyDatabaseOrTransaction, DatabaseOrTransaction } from './transact.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * @internal What a directory asks of the directory layer that it is in. {@link DirectoryLayer} is one, and says what each
 * does; it makes directories, so it is not known here.
 */
export interface Directories {
  getPath(): string[]
  createOrOpen<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    path: PathInput,
    layer?: NativeValue | null,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>>
  open<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    path: PathInput,
    layer?: NativeValue | null,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>>
  create<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    path: PathInput,
    layer?: NativeValue | null,
    prefix?: NativeValue | null,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>>
  move<KeyIn, KeyOut, ValIn, ValOut>(
    scope: DatabaseOrTransaction<KeyIn, KeyOut, ValIn, ValOut>,
    oldPath: PathInput,
    newPath: PathInput,
  ): Promise<Directory<KeyIn, KeyOut, ValIn, ValOut>>
  remove(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean>
  removeIfExists(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean>
  exists(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean>
  list(scope: AnyDatabaseOrTransaction, path?: PathInput): AsyncGenerator<string, void, undefined>
  listAll(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<string[]>
}

/** @internal What a directory layer makes a directory from. */
export interface DirectoryParts<KeyIn, KeyOut, ValIn, ValOut> {
  readonly path: readonly string[]
  readonly layer: Buffer
  readonly content: Subspace<KeyIn, KeyOut, ValIn, ValOut>
  /** The directory layer that the directory is in. */
  readonly parent: Directories
  /** The directory layer that its subdirectories are in: a partition's own, or the same. */
  readonly inner: Directories
}

/**
 * A directory that was opened: a short prefix that stands for a path, and the way to its subdirectories.
 * Made by a {@link DirectoryLayer}.
 *
 * Paths are relative to the directory. A directory stays usable when it is moved; when it is removed, its
 * prefix may be given to another one, so don't write to it any more.
 *
 * @example
 * const users = await directory.createOrOpen(db, ['app', 'users'])
 * await db.at(users).set('ada', 'Ada Lovelace')
 */
export class Directory<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> implements GetSubspace<KeyIn, KeyOut, ValIn, ValOut> {
  /**
   * The keys of the directory. A partition's are those of all directories in it, good to look at or to
   * measure; to write there is a mistake.
   */
  readonly content: Subspace<KeyIn, KeyOut, ValIn, ValOut>
  readonly #path: readonly string[]
  readonly #layer: Buffer
  readonly #parent: Directories
  readonly #inner: Directories

  /** @internal Use a DirectoryLayer. */
  constructor(parts: DirectoryParts<KeyIn, KeyOut, ValIn, ValOut>) {
    this.content = parts.content
    this.#path = parts.path
    this.#layer = parts.layer
    this.#parent = parts.parent
    this.#inner = parts.inner
  }

  /**
   * The keys of the directory, in the encodings of the scope that it was opened with.
   *
   * @throws DirectoryError for a partition, whose keys belong to the directories in it.
   * @example
   * const users = await directory.createOrOpen(db, 'users')
   * const scope = db.at(users).withKeyEncoding(encoders.tuple)
   */
  getSubspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    if (!this.isPartition()) return this.content
    throw new DirectoryError(
      'partition_content',
      `${showPath(this.#path)} is a partition, so no keys can be written to it: create a directory in it`,
    )
  }

  /** The path that it was opened with, from the root. */
  getPath(): string[] {
    return [...this.#path]
  }

  /** The layer that it was made with, as text; empty when it has none. */
  getLayer(): string {
    return this.#layer.toString('utf8')
  }

  /** The layer that it was made with; empty when it has none. */
  getLayerRaw(): Buffer {
    return Buffer.from(this.#layer)
  }

  /** Whether it has a directory layer of its own: all below it lies behind its prefix. */
  isPartition(): boolean {
    return this.#layer.equals(PARTITION)
  }

  /** Opens a subdirectory, which is made when it isn't there. See {@link DirectoryLayer.createOrOpen}. */
  createOrOpen<CKI, CKO, CVI, CVO>(
    scope: DatabaseOrTransaction<CKI, CKO, CVI, CVO>,
    path: PathInput,
    layer?: NativeValue | null,
  ): Promise<Directory<CKI, CKO, CVI, CVO>> {
    return this.#inner.createOrOpen(scope, this.#below(path), layer)
  }

  /** Opens a subdirectory. See {@link DirectoryLayer.open}. */
  open<CKI, CKO, CVI, CVO>(
    scope: DatabaseOrTransaction<CKI, CKO, CVI, CVO>,
    path: PathInput,
    layer?: NativeValue | null,
  ): Promise<Directory<CKI, CKO, CVI, CVO>> {
    return this.#inner.open(scope, this.#below(path), layer)
  }

  /** Makes a subdirectory. See {@link DirectoryLayer.create}. */
  create<CKI, CKO, CVI, CVO>(
    scope: DatabaseOrTransaction<CKI, CKO, CVI, CVO>,
    path: PathInput,
    layer?: NativeValue | null,
    prefix?: NativeValue | null,
  ): Promise<Directory<CKI, CKO, CVI, CVO>> {
    return this.#inner.create(scope, this.#below(path), layer, prefix)
  }

  /** Gives a subdirectory another path in this directory. See {@link DirectoryLayer.move}. */
  move<CKI, CKO, CVI, CVO>(
    scope: DatabaseOrTransaction<CKI, CKO, CVI, CVO>,
    oldPath: PathInput,
    newPath: PathInput,
  ): Promise<Directory<CKI, CKO, CVI, CVO>> {
    return this.#inner.move(scope, this.#below(oldPath), this.#below(newPath))
  }

  /**
   * Gives this directory another path, which counts from the root. Its prefix stays. Use the returned
   * directory from then on: this one keeps the old path.
   *
   * @throws DirectoryError as {@link DirectoryLayer.move}.
   * @example
   * const users = await directory.createOrOpen(db, 'users')
   * const moved = await users.moveTo(db, 'old users')
   * console.log(moved.getPath()) // [ 'old users' ]
   */
  moveTo<CKI, CKO, CVI, CVO>(
    scope: DatabaseOrTransaction<CKI, CKO, CVI, CVO>,
    newAbsolutePath: PathInput,
  ): Promise<Directory<CKI, CKO, CVI, CVO>> {
    return handedOut(scope, async () => {
      const path = pathOf(newAbsolutePath, 'newAbsolutePath')
      const layer = this.#parent
      const base = layer.getPath()
      if (!beginsWith(path, base)) {
        throw new DirectoryError(
          'between_partitions',
          `${showPath(this.#path)} can't leave its partition, ${showPath(base)}`,
        )
      }
      return layer.move(scope, this.#path.slice(base.length), path.slice(base.length))
    })
  }

  /**
   * Removes the directory, or a subdirectory of it, with all keys and directories in it.
   *
   * @returns true.
   * @throws DirectoryError when there is none.
   */
  remove(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean> {
    return handedOut(scope, async () => {
      const { layer, inside } = this.#target(path)
      return layer.remove(scope, inside)
    })
  }

  /** As `remove`; false when there is none. */
  removeIfExists(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean> {
    return handedOut(scope, async () => {
      const { layer, inside } = this.#target(path)
      return layer.removeIfExists(scope, inside)
    })
  }

  /** Whether the directory, or a subdirectory of it, is there. */
  exists(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<boolean> {
    return handedOut(scope, async () => {
      const { layer, inside } = this.#target(path)
      return layer.exists(scope, inside)
    })
  }

  /** The names of the subdirectories, one by one. Takes a transaction. */
  list(scope: AnyDatabaseOrTransaction, path?: PathInput): AsyncGenerator<string, void, undefined> {
    return this.#inner.list(scope, this.#below(path))
  }

  /** The names of the subdirectories, in the order of their bytes. */
  listAll(scope: AnyDatabaseOrTransaction, path?: PathInput): Promise<string[]> {
    return this.#inner.listAll(scope, this.#below(path))
  }

  /** The path as the inner directory layer counts it. */
  #below(path: PathInput): string[] {
    return [...this.#path.slice(this.#inner.getPath().length), ...pathOf(path)]
  }

  /** Whose path it is: of a partition itself the parent decides, of what is in it the partition. */
  #target(path: PathInput): { layer: Directories; inside: string[] } {
    const below = pathOf(path)
    const layer = below.length === 0 ? this.#parent : this.#inner
    return { layer, inside: [...this.#path.slice(layer.getPath().length), ...below] }
  }
}

kind(Directory, 'Directory', (directory) => directory.getPath().join('/'))
