import { DirectoryLayer as Main } from '../layers/directory/directory-layer.ts'
import type { Subspace } from '../client/subspace.ts'

export { Directory } from '../layers/directory/directory.ts'
export { DirectoryError } from '../layers/directory/directory-error.ts'
export { HighContentionAllocator } from '../layers/directory/allocator.ts'

/** The main directory layer with the names that node-foundationdb has for its subspaces. */
export class DirectoryLayer extends Main {
  get _contentSubspace(): Subspace {
    return this.contentSubspace
  }

  get _nodeSubspace(): Subspace {
    return this.nodeSubspace
  }
}

/** The directories at the root of the database. */
export const directory = new DirectoryLayer()
