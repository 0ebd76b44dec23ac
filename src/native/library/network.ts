/**
 * The network of the process: one client library, one API version, one network thread, started on first
 * use and stopped at exit. Its state lives in native memory, so every worker sees the same; a start from
 * several workers at once happens once.
 *
 *     unloaded -> loaded -> selected -> running -> stopped
 *                                    \-> failed
 *
 * A step that fails leaves the state before it, so that a corrected call can go on from there. Only a
 * failed set-up or thread is final, because the C API allows one.
 */
import { existsSync, realpathSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { FDBError, FDBStateError } from '../errors/errors.ts'
import { networkOptions, type NetworkOptions } from '../generated/network-options.ts'
import type { LibraryLocation } from './library.ts'
import { LibraryNotFoundError } from './not-found.ts'
import { checkOptionNames, encodeOption, type OptionValue } from '../values/option-values.ts'
import { shared } from '../values/shared.ts'
import { engineLibraryPath } from './engine-path.ts'
import { firstCopy } from './first-copy.ts'
import { ring } from './ring-library.ts'
import type { Connection } from './connection-text.ts'
import { checkTlsSettings } from './tls-settings.ts'

export type { OptionValue } from '../values/option-values.ts'
import { shown } from '../values/describe.ts'

/** The API versions that this project speaks. */
export const OLDEST_API_VERSION = 510
export const NEWEST_API_VERSION = 740

export interface NetworkSettings {
  /** From findLibrary() or embeddedLibrary(). */
  readonly library: LibraryLocation
  /** 510 to 740; default 740, or the highest that the library has. */
  readonly apiVersion?: number
  /** Network options by name, as in the option table or in camel case; `true` for one without a value. */
  readonly options?: NetworkOptions | Readonly<Record<string, OptionValue>>
  /** What is opened first, which says whether TLS settings matter. */
  readonly connection?: Connection
}

const STATES: readonly NetworkInfo['state'][] = [
  'unloaded',
  'loaded',
  'selected',
  'running',
  'stopped',
  'failed',
]

/** The network of the process: one library, one thread, started once. */
export interface NetworkInfo {
  /**
   * How far it came: `unloaded`, `loaded` (the library), `selected` (the API version), `running`, `stopped`
   * or `failed`.
   */
  readonly state: 'unloaded' | 'loaded' | 'selected' | 'running' | 'stopped' | 'failed'
  /** Empty: none is loaded. */
  readonly library: string
  /** 0: none is selected. */
  readonly apiVersion: number
  /** What fdb_run_network returned; 0 while it runs. */
  readonly runError: number
}

// As in native-callbacks/ring/client/process.h.
const START = {
  running: 0,
  loadFailed: 1,
  otherLibrary: 2,
  otherVersion: 3,
  optionsAfterStart: 4,
  stopped: 5,
  failed: 6,
  selectError: 7,
  optionError: 8,
  setupError: 9,
  threadError: 10,
} as const

/** api_version_already_set, which none of the copies of this package gets: they share the network. */
const API_VERSION_ALREADY_SET = 2201

const TEXT_SIZE = 4096

/**
 * Starts the network once for the process; later calls with the same library and API version, from any
 * worker, find it running. Another library, another API version, or other options after the start throw
 * FDBStateError. What the C API refuses throws FDBError.
 */
export function startNetwork(settings: NetworkSettings): NetworkInfo {
  const version = checkVersion(settings.apiVersion)
  const given = settings.options === undefined ? {} : settings.options
  const options = encodeOptions(given)
  const isFirst = networkInfo().state !== 'running'
  if (isFirst && settings.library.source !== 'embedded') {
    checkTlsSettings(given as Readonly<Record<string, OptionValue>>, settings.connection)
  }
  const report = new Int32Array(2)
  const problem = Buffer.alloc(TEXT_SIZE)
  const path = pathFor(settings.library)
  const answer = ring().networkStart(
    path,
    version,
    options,
    options.length,
    report,
    problem,
    problem.length,
  )
  const [code = 0, option = 0] = report
  if (answer !== START.running)
    throw startError(answer, path, settings, code, option, text(problem))
  shared('stop at exit', stopAtExit)
  return networkInfo()
}

/** The engine of the copy of this package that came first, in place of this one's; a library of the user's as it is. */
function pathFor({ path }: LibraryLocation): string {
  const own = engineLibraryPath()
  if (!existsSync(own) || path !== realpathSync(own)) return path
  const first = engineLibraryPath(firstCopy())
  return existsSync(first) ? realpathSync(first) : path
}

/**
 * What the network of the process is doing. Works at any time, also before anything was opened.
 *
 * @example
 * const { state, library, apiVersion } = networkInfo()
 * console.log(`${state}: ${library} at API version ${apiVersion}`)
 */
export function networkInfo(): NetworkInfo {
  const report = new Int32Array(3)
  const library = Buffer.alloc(TEXT_SIZE)
  ring().networkState(report, library, library.length)
  const [state = 0, apiVersion = 0, runError = 0] = report
  return { state: STATES[state] ?? 'failed', library: text(library), apiVersion, runError }
}

/**
 * Stops the network and joins its thread. What is in flight has no answer from then on. Does nothing when it does not run.
 * Throws FDBError. `fdb_stop_network`.
 */
export function stopNetworkThread(): void {
  const code = ring().networkStop()
  if (code !== 0) throw new FDBError(code, 'the network did not stop')
}

function stopAtExit(): void {
  // Workers end while others go on; the last thread to end is the main one. A process whose main thread
  // never gets here is served by the native library's own exit handler.
  if (isMainThread) process.once('exit', stopNetworkThread)
}

function checkVersion(version: number | undefined): number {
  if (version === undefined) return 0
  if (!Number.isInteger(version)) {
    throw new TypeError(`apiVersion must be an integer, not ${shown(version)}`)
  }
  if (version < OLDEST_API_VERSION || version > NEWEST_API_VERSION) {
    throw new RangeError(
      `apiVersion must be ${OLDEST_API_VERSION} to ${NEWEST_API_VERSION}, not ${shown(version)}`,
    )
  }
  return version
}

function encodeOptions(options: Exclude<NetworkSettings['options'], undefined>): Buffer {
  checkOptionNames('network option', networkOptions, options)
  const parts: Uint8Array[] = []
  const values = options as Readonly<Record<string, OptionValue>>
  for (const [option, given] of Object.entries(values)) {
    if (given === undefined || given === false) continue
    const { code, value } = encodeOption('network option', networkOptions, option, given)
    const head = Buffer.alloc(8)
    head.writeInt32LE(code, 0)
    head.writeInt32LE(value === undefined ? -1 : value.length, 4)
    parts.push(head)
    if (value !== undefined) parts.push(value)
  }
  return Buffer.concat(parts)
}

function startError(
  answer: number,
  path: string,
  settings: NetworkSettings,
  code: number,
  option: number,
  problem: string,
): Error {
  switch (answer) {
    case START.loadFailed:
      return new LibraryNotFoundError(`${path} is no client library that can be used: ${problem}`, [
        path,
      ])
    case START.otherLibrary:
      return new FDBStateError(
        `The process has loaded ${networkInfo().library} and cannot load ${path} beside it: one ` +
          'process talks through one client library. Use another process for the other one.',
      )
    case START.otherVersion:
      return new FDBStateError(
        `The process has selected API version ${networkInfo().apiVersion} and cannot change to ` +
          `${String(settings.apiVersion)}. Select the same everywhere.`,
      )
    case START.optionsAfterStart:
      return new FDBStateError(
        'The network runs already, with other options. Pass network options to the first open of ' +
          'the process, and the same ones or none to later ones.',
      )
    case START.stopped:
      return new FDBStateError(
        'The network of this process was stopped, and the C API cannot start it again. Use a new process.',
      )
    case START.failed:
      return new FDBStateError(
        'The network of this process failed to start, and the C API cannot try again. Use a new process.',
      )
    case START.selectError:
      if (code === API_VERSION_ALREADY_SET) return new FDBStateError(usedByAnother(path))
      return new FDBError(code, `API version ${settings.apiVersion ?? NEWEST_API_VERSION}`)
    case START.optionError:
      return new FDBError(code, `network option ${optionName(option)}`)
    case START.setupError:
      return new FDBError(code, 'the network could not be set up')
    default:
      return new FDBStateError(`The network thread could not be started (system error ${code}).`)
  }
}

function usedByAnother(path: string): string {
  return (
    `Somebody else in this process, who is not this fdbkit, has selected an API version of ${path} already: ` +
    'another package that talks to FoundationDB, as `foundationdb` does, or a copy of fdbkit of another ' +
    'version. A process has one network: use one of them, or a process for each.'
  )
}

function optionName(code: number): string {
  const found = Object.entries(networkOptions).find(([, info]) => info.code === code)
  return found === undefined ? String(code) : found[0]
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8', 0, bytes.indexOf(0))
}
