/** Bodies follow: the signatures are agreed. */
export type LibrarySource = 'explicit' | 'FDBKIT_LIBRARY' | 'system' | 'embedded'

export interface LibraryLocation {
  readonly path: string
  readonly source: LibrarySource
}

/** No libfdb_c was found. The message lists where it looked and what to do. */
export class LibraryNotFoundError extends Error {
  override readonly name = 'LibraryNotFoundError'
}

/** `explicit`, then FDBKIT_LIBRARY, then the system's libfdb_c. Throws LibraryNotFoundError. */
export function findLibrary(_explicit?: string): LibraryLocation {
  throw new Error('not yet')
}

/** The bundled engine. Throws LibraryNotFoundError when it is not built. */
export function embeddedLibrary(): LibraryLocation {
  throw new Error('not yet')
}
