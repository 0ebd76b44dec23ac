import { DirectoryLayer as Main } from '../layers/directory/directory-layer.ts'
import type { Subspace } from '../client/keys/subspace.ts'
import { kind } from '../native/values/kinds.ts'

export { Directory } from '../layers/directory/directory.ts'
export { DirectoryError } from '../layers/directory/directory-error.ts'
export { HighContentionAllocator } from '../layers/directory/allocator.ts'

/**
 * The main directory layer with the names that node-foundationdb has for its subspaces.
 *
 * @example
 * const layer = new DirectoryLayer({ nodePrefix: 'nodes', contentPrefix: 'content' })
 * const users = await layer.createOrOpen(db, ['app', 'users'])
 */
export class DirectoryLayer extends Main {
  /** The main API's `contentSubspace`. */
  get _contentSubspace(): Subspace {
    return this.contentSubspace
  }

  /** The main API's `nodeSubspace`. */
  get _nodeSubspace(): Subspace {
    return this.nodeSubspace
  }
}

kind(DirectoryLayer, 'compat.DirectoryLayer')

/**
 * The directories at the root of the database.
 *
 * @example const users = await directory.createOrOpen(db, ['app', 'users'])
 */
export const directory = new DirectoryLayer()
