/** What an archive for Joshua says of itself, in a file beside its programs. */
import { readFileSync } from 'node:fs'
import type { SimulateFlags } from '../simulate-flags.ts'

export const PACKED_FILE = 'fdbkit.json'

/** A file by both of its names. */
export interface PackedFile {
  /** In the archive. */
  readonly path: string
  /** As it was named when the archive was made. */
  readonly named: string
}

/** What of the command line holds for every seed. */
export type PackedFlags = Pick<
  SimulateFlags,
  'workload' | 'interface' | 'buggify' | 'without' | 'swarm' | 'oracle' | 'replay' | 'timeout'
>

export interface Packed {
  /** Of fdbkit: a seed is good for the version that printed it. */
  readonly version: string
  /** Undefined: the embedded engine. */
  readonly fdbserver?: PackedFile | undefined
  /** The client library of its release. */
  readonly library?: string | undefined
  /** The folder of the native parts. */
  readonly native: string
  readonly tests: readonly (PackedFile & { readonly module?: PackedFile | undefined })[]
  readonly flags: PackedFlags
}

export function readPacked(): Packed {
  return JSON.parse(readFileSync(PACKED_FILE, 'utf8')) as Packed
}
