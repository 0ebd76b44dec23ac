import type { Transaction } from '../../client/transaction/transaction.ts'
import { DirectoryError } from './directory-error.ts'
import type { TupleSubspace } from './node-tree.ts'

/** The format of the metadata that this package writes: major, minor, micro. */
const VERSION = [1, 0, 0] as const
const KEY = Buffer.from('version')

/** Three unsigned 32-bit integers, little-endian. */
function packVersion(version: readonly number[]): Buffer {
  const bytes = Buffer.alloc(12)
  version.forEach((part, i) => bytes.writeUInt32LE(part, i * 4))
  return bytes
}

function unpackVersion(bytes: Buffer): [major: number, minor: number, micro: number] {
  if (bytes.length !== 12) {
    throw new DirectoryError('damaged', `the directory version has ${bytes.length} bytes, not 12`)
  }
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)]
}

/**
 * Refuses metadata of a newer format: of a newer major version altogether, of a newer minor version for
 * writing. Metadata without a version is new, and gets one by the first operation that writes.
 */
export async function checkVersion(
  tn: Transaction,
  rootNode: TupleSubspace,
  access: 'read' | 'write',
): Promise<void> {
  const scope = tn.at(rootNode)
  const bytes = await scope.get([KEY])
  if (bytes === undefined) {
    if (access === 'write') scope.set([KEY], packVersion(VERSION))
    return
  }
  const found = unpackVersion(bytes)
  const versions = `version ${found.join('.')}, and this package writes ${VERSION.join('.')}`
  if (found[0] > VERSION[0]) {
    throw new DirectoryError('version', `the directories are of ${versions}: update the package`)
  }
  if (found[1] > VERSION[1] && access === 'write') {
    throw new DirectoryError('version', `the directories can only be read: they are of ${versions}`)
  }
}
