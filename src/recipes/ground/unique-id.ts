import type { Environment } from '../../native/environment/environment.ts'

const BYTES = 16

/**
 * 16 bytes that nobody else draws, as good as the environment's chance. Not a secret.
 *
 * @example const id = uniqueId(db.environment)
 */
export function uniqueId(environment: Environment): Buffer {
  const id = Buffer.alloc(BYTES)
  for (let at = 0; at < BYTES; at += 4) {
    id.writeUInt32BE(Math.floor(environment.random() * 2 ** 32), at)
  }
  return id
}
