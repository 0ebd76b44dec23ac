/** Finds the C client library: an explicit path, FDBKIT_LIBRARY, then where systems keep it. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { engineFolder, engineLibraryPath, ringLibraryPath } from './engine-path.ts'
import { koffi } from './foreign.ts'
import { buildCommand } from './native-home.ts'
import { LibraryNotFoundError } from './not-found.ts'

export type LibrarySource = 'explicit' | 'FDBKIT_LIBRARY' | 'system' | 'embedded'

export interface LibraryLocation {
  /** An absolute path, without links. */
  readonly path: string
  readonly source: LibrarySource
}

const darwin = process.platform === 'darwin'
const fileName = darwin ? 'libfdb_c.dylib' : 'libfdb_c.so'

const systemFolders = darwin
  ? ['/usr/local/lib', '/opt/homebrew/lib', '/usr/lib']
  : [
      '/usr/lib',
      '/usr/local/lib',
      '/usr/lib64',
      '/usr/lib/x86_64-linux-gnu',
      '/usr/lib/aarch64-linux-gnu',
      '/lib',
      '/lib64',
    ]

export interface SearchOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly folders?: readonly string[]
}

/**
 * The client library for a real cluster. A path that is given, as argument or in FDBKIT_LIBRARY, is used
 * or refused: nothing else is tried then. Throws LibraryNotFoundError.
 */
export function findLibrary(explicit?: string, options: SearchOptions = {}): LibraryLocation {
  const environment = options.environment ?? process.env
  if (explicit !== undefined) return given(explicit, 'explicit')
  const named = environment['FDBKIT_LIBRARY']
  if (named !== undefined && named !== '') return given(named, 'FDBKIT_LIBRARY')
  const looked = [...loaderFolders(environment), ...(options.folders ?? systemFolders)].map(
    (folder) => join(folder, fileName),
  )
  const found = looked.find((path) => existsSync(path))
  if (found !== undefined) return { path: realpathSync(found), source: 'system' }
  throw new LibraryNotFoundError(notFound(looked), looked)
}

/** The bundled engine. Throws LibraryNotFoundError when it is not built. */
export function embeddedLibrary(): LibraryLocation {
  return { path: built(engineLibraryPath(), 'the embedded engine'), source: 'embedded' }
}

/** The completion ring of this package. Throws LibraryNotFoundError when it is not built. */
export function ringLibrary(): string {
  return built(ringLibraryPath(), 'the completion ring')
}

/** Does the system's loader take this file? The answer is why not. */
export function loadProblem(path: string): string | undefined {
  try {
    koffi().load(path)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function loaderFolders(environment: Readonly<Record<string, string | undefined>>): string[] {
  const variable = darwin ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return (environment[variable] ?? '').split(':').filter((folder) => folder !== '')
}

function given(path: string, source: LibrarySource): LibraryLocation {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, fileName) : path
  if (existsSync(file)) return { path: realpathSync(file), source }
  const who = source === 'explicit' ? 'The library that was asked for' : 'FDBKIT_LIBRARY'
  throw new LibraryNotFoundError(
    `${who} names ${file}, and there is no such file. Correct the path, or leave it out to search ` +
      'the system.',
    [file],
  )
}

function built(path: string, what: string): string {
  if (existsSync(path)) return realpathSync(path)
  throw new LibraryNotFoundError(
    `${what} is not built: there is no ${path}. Run \`${buildCommand()}\`; it needs a C++ compiler.`,
    [path],
  )
}

function notFound(looked: readonly string[]): string {
  return [
    `There is no ${fileName} on this machine. Looked at:`,
    ...looked.map((path) => `  ${path}`),
    'For a real cluster install the FoundationDB client package of the release of the cluster',
    '(https://github.com/apple/foundationdb/releases), or point FDBKIT_LIBRARY at the file.',
    'For tests use the embedded engine: call openEmbedded(), or set FDBKIT_ENGINE=embedded',
    `(${whereEngineIs()}).`,
  ].join('\n')
}

function whereEngineIs(): string {
  try {
    if (existsSync(engineLibraryPath())) return `it lies in ${engineFolder()}`
  } catch (error) {
    if (!(error instanceof LibraryNotFoundError)) throw error
  }
  return `it is not built yet: run \`${buildCommand()}\`, which needs a C++ compiler`
}
