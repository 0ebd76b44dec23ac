import { toBytes } from '../../client/keys/bytes.ts'
import type { NativeValue } from '../../client/keys/bytes.ts'
import { pathOf } from './directory-path.ts'
import type { PathInput } from './directory-path.ts'

const NOTHING = Buffer.alloc(0)

/** What is asked of `create`, `open` and `createOrOpen`. */
export interface Opening {
  readonly path: readonly string[]
  readonly layer: Buffer
  readonly prefix?: Buffer | undefined
  readonly mayCreate: boolean
  readonly mayOpen: boolean
}

/** Checks the arguments, and copies them: the caller may change its own while the operation runs. */
export function opening(
  path: PathInput,
  layer: NativeValue | null | undefined,
  prefix: NativeValue | null | undefined,
  may: { mayCreate: boolean; mayOpen: boolean },
): Opening {
  return {
    ...may,
    path: pathOf(path),
    layer: copyOf(layer ?? NOTHING, 'layer'),
    prefix: prefix === null || prefix === undefined ? undefined : copyOf(prefix, 'prefix'),
  }
}

const copyOf = (value: NativeValue, what: string): Buffer => Buffer.from(toBytes(value, what))
