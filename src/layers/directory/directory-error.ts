import { brand } from '../../native/values/kinds.ts'

/**
 * Why a directory operation was refused.
 *
 * - `not_found`, `exists`: there is no such directory; there is one already.
 * - `layer_mismatch`: it was made with another layer than the one asked for.
 * - `is_root`: the root can't be opened, moved or removed.
 * - `no_parent`, `into_itself`, `between_partitions`: where a directory can't be moved.
 * - `manual_prefix`: this directory layer takes no prefix from the caller.
 * - `prefix_in_use`: the prefix, or the allocated one, overlaps with keys or directories that are there.
 * - `version`: the metadata is of a newer version of the format.
 * - `partition_content`: a partition's keys belong to the directories in it.
 * - `damaged`: the metadata is none that a directory layer writes.
 */
export type DirectoryErrorReason =
  | 'not_found'
  | 'exists'
  | 'layer_mismatch'
  | 'is_root'
  | 'no_parent'
  | 'into_itself'
  | 'between_partitions'
  | 'manual_prefix'
  | 'prefix_in_use'
  | 'version'
  | 'partition_content'
  | 'damaged'

/**
 * A directory operation was refused. Trying it again gives the same, so the retry loop doesn't; in a
 * database call nothing was written.
 *
 * @example
 * try {
 *   await directory.create(db, 'users')
 * } catch (error) {
 *   if (!(error instanceof DirectoryError && error.reason === 'exists')) throw error
 * }
 */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError'
  /** The same for every one, for those who don't have the class at hand. */
  readonly code = 'ERR_FDBKIT_DIRECTORY'
  /** Why: what a program decides by. */
  readonly reason: DirectoryErrorReason

  constructor(reason: DirectoryErrorReason, message: string) {
    super(message)
    this.reason = reason
  }
}

brand(DirectoryError, 'DirectoryError')
