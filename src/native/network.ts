/** Bodies follow: the signatures are agreed. */
import type { LibraryLocation } from './library.ts'

/** A value of an option: what its parameter type asks for, or nothing for an option without one. */
export type OptionValue = string | number | bigint | Uint8Array

export interface NetworkSettings {
  /** From findLibrary() or embeddedLibrary(). */
  readonly library: LibraryLocation
  /** 510 to 740; default 740, or the highest that the library has. */
  readonly apiVersion?: number
  /** Network options, by their name in the C API in camel case (`traceEnable`), or by code. */
  readonly options?: Readonly<Record<string, OptionValue | true>>
}

export interface NetworkInfo {
  readonly library: string
  readonly apiVersion: number
  readonly state: 'unloaded' | 'loaded' | 'selected' | 'running' | 'stopped' | 'failed'
}

/**
 * Starts the network once for the process; later calls with the same library and API version, from any
 * worker, find it running. Another library, another API version, or options after the start throw
 * FDBStateError.
 */
export function startNetwork(_settings: NetworkSettings): NetworkInfo {
  throw new Error('not yet')
}

export function networkInfo(): NetworkInfo {
  throw new Error('not yet')
}

/** Stops the network and joins its thread. The process does it by itself when it exits. */
export function stopNetwork(): void {
  throw new Error('not yet')
}
